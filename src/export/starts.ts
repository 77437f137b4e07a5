// Start states that the bundle brings, so that a session can begin without a simulator at hand.
import type { Starts } from '../registry/manifest.ts'
import { short } from './examples.ts'

export const STARTS = 64

/** @param states where episodes begin, of [S] each; those that are alike stand there once */
export function createStarts(states: readonly Float64Array[]): Starts {
  const different = new Map(
    states.map((state) => {
      const rounded = short([...state]) as number[]
      return [rounded.join(), rounded]
    }),
  )
  return { starts: [...different.values()].map((state) => ({ states: [state], actions: [] })) }
}
