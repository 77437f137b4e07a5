// The ends of episodes in an answer to `step`.
import type { PerAgent } from '../parallel-env.ts'
import { protocolError } from './protocol-error.ts'

/** A time limit is no end of the task. */
export function checkEnds(terminations: Uint8Array, truncations: Uint8Array): void {
  const both = terminations.findIndex((terminated, copy) => terminated === 1 && truncations[copy] === 1)
  if (both >= 0) throw protocolError(`truncated[${both}]`, 'is set beside terminated', 0, 1)
}

/** A step that resets under `next_step` does nothing else. */
export function checkQuiet(
  resetting: Uint8Array,
  rewards: PerAgent<Float64Array>,
  ...flags: readonly Uint8Array[]
): void {
  for (let copy = resetting.indexOf(1); copy >= 0; copy = resetting.indexOf(1, copy + 1)) {
    if (flags.some((flag) => flag[copy]))
      throw protocolError(`copy ${copy}`, 'ended in the step that resets it', 'no end', 'an end')
    for (const agent in rewards)
      if (rewards[agent]![copy] !== 0)
        throw protocolError(`reward.${agent}[${copy}]`, 'is of a step that resets', 0, rewards[agent]![copy])
  }
}

/** Ascending. */
export function endedCopies(terminations: Uint8Array, truncations: Uint8Array): number[] {
  const copies: number[] = []
  for (let copy = 0; copy < terminations.length; copy++)
    if (terminations[copy] || truncations[copy]) copies.push(copy)
  return copies
}
