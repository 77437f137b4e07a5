// Random actions for a check.
import type { Rng } from '../../common/rng.ts'
import type { PerAgent } from '../parallel-env.ts'
import { type Box, choose } from '../spaces.ts'

/**
 * Uniform within the bounds, agent -> [rows, A]; an entry without bounds is drawn from [-1, 1] where that lies within.
 * Choices are made evenly.
 */
export function sampleActions(
  env: { actionSpace(agent: string): Box },
  agents: readonly string[],
  rng: Rng,
  rows = 1,
): PerAgent<Float64Array> {
  const actions: PerAgent<Float64Array> = {}
  for (const agent of agents) actions[agent] = sampleRows(env.actionSpace(agent), rng, rows)
  return actions
}

function sampleRows(space: Box, rng: Rng, rows: number): Float64Array {
  const { low, high } = space
  const size = low.length
  const values = new Float64Array(rows * size).map((_, i) => uniform(low[i % size]!, high[i % size]!, rng))
  for (let row = 0; row < rows; row++) choose(space, values, row * size, rng)
  return values
}

function uniform(low: number, high: number, rng: Rng): number {
  const clamp = (value: number) => Math.min(high, Math.max(low, value))
  const [from, to] = Number.isFinite(high - low) ? [low, high] : [clamp(-1), clamp(1)]
  return from + rng.uniform() * (to - from)
}
