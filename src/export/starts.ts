// Start states that the bundle brings, so that a session can begin without a simulator at hand.
import type { Starts } from '../registry/manifest.ts'
import { short } from './examples.ts'

export const STARTS = 64

/** @param states where episodes begin, of [S] each */
export const createStarts = (states: readonly Float64Array[]): Starts => ({
  starts: states.map((state) => ({ states: [short([...state]) as number[]], actions: [] })),
})
