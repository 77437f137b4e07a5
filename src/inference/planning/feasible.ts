// Keeps candidates inside what is allowed, before they are imagined: a limit that only the answer kept to would be judged
// by trajectories that break it.
import type { Constraints } from './problem.ts'

/**
 * Brings every action of `candidates` [M, H, D] inside its bounds and no further from the one before than allowed, in place.
 * Bounds come first where both can't be had.
 */
export function keepFeasible(candidates: Float32Array, steps: number, constraints: Constraints): void {
  const { low, high, maxChange, previous } = constraints
  const D = low.length
  for (let i = 0; i < candidates.length; i++) {
    const d = i % D
    const isFirst = Math.floor(i / D) % steps === 0
    const before = isFirst ? previous?.[d] : candidates[i - D]
    const change = before === undefined ? undefined : maxChange?.[d]
    const near =
      change === undefined ? candidates[i]! : within(candidates[i]!, before! - change, before! + change)
    candidates[i] = within(near, low[d]!, high[d]!)
  }
}

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))
