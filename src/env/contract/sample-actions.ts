// Random actions for a check.
import type { Rng } from '../../common/rng.ts'
import type { PerAgent } from '../parallel-env.ts'
import type { Box } from '../spaces.ts'

/** Uniform within the bounds, agent -> [rows, A]; an entry without bounds is drawn from [-1, 1] where that lies within. */
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

function sampleRows({ low, high }: Box, rng: Rng, rows: number): Float64Array {
  const size = low.length
  return new Float64Array(rows * size).map((_, i) => uniform(low[i % size]!, high[i % size]!, rng))
}

function uniform(low: number, high: number, rng: Rng): number {
  const clamp = (value: number) => Math.min(high, Math.max(low, value))
  const [from, to] = Number.isFinite(high - low) ? [low, high] : [clamp(-1), clamp(1)]
  return from + rng.uniform() * (to - from)
}
