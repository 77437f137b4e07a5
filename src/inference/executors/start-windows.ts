// The start states of a bundle as sessions take them.
import type { Start } from '../../registry/manifest.ts'
import type { StartWindow } from '../../worlds/starts.ts'

export const startWindow = ({ states, actions }: Start): StartWindow => ({
  states: Float64Array.from(states.flat()), // [l, S]
  actions: Float32Array.from(actions.flat(2)), // [l-1, N, A]
})
