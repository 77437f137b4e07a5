// Candidates as rows of one array, [M, H, D].
import { decide } from '../../common/action-layout.ts'
import { concatenate } from '../../common/tensors.ts'
import { layoutOfAgent } from '../../worlds/acting.ts'
import { type Candidates, type Constraints, entriesOf, type PlanProblem } from './problem.ts'

/**
 * As they may be imagined: what is not planned is as given, and all else inside the constraints, with every choice made. In
 * place. The distribution goes on with what was chosen, so that its mean says how often.
 */
export function prepare(candidates: Candidates, problem: PlanProblem): Candidates {
  const { spec, planned, others, horizon, constraints } = problem
  const own = entriesOf(spec, planned)
  const size = horizon * own.length
  keepFeasible(candidates, horizon, constraints)
  for (let i = 0; i < candidates.length; i++)
    if (!own[i % own.length]) candidates[i] = others.by === 'given' ? others.actions[i % size]! : 0
  makeChoices(candidates, problem)
  return candidates
}

function makeChoices(candidates: Candidates, { spec, planned }: PlanProblem): void {
  const { agents, action } = spec
  if (!agents.some(({ choices }) => choices)) return
  for (let start = 0; start < candidates.length; start += action.dimension) {
    const agent = (start / action.dimension) % agents.length
    if (planned[agent]) decide(candidates, start, layoutOfAgent(spec, agent))
  }
}

/** Entries outside `block` [N] take the mean's place. In place. */
export function holdOthers(
  candidates: Candidates,
  mean: ArrayLike<number>,
  { spec }: PlanProblem,
  block: readonly boolean[],
): Candidates {
  const moving = entriesOf(spec, block)
  for (let i = 0; i < candidates.length; i++)
    if (!moving[i % moving.length]) candidates[i] = mean[i % mean.length]!
  return candidates
}

export const pick = (candidates: Candidates, size: number, rows: readonly number[]): Candidates =>
  concatenate(rows.map((row) => candidates.subarray(row * size, (row + 1) * size)))

/** Of a plan `steps` of whose actions were taken: later ones move up, and the last stays to the end. */
export function shifted(candidates: Candidates, horizon: number, width: number, steps: number): Candidates {
  const size = horizon * width
  return candidates.map((_, i) => {
    const t = Math.min(Math.floor((i % size) / width) + steps, horizon - 1)
    return candidates[Math.floor(i / size) * size + t * width + (i % width)]!
  })
}

/**
 * Before they are imagined: a limit that only the answer kept to would be judged by trajectories that break it.
 * Brings every action of `candidates` [M, H, D] inside its bounds and no further from the one before than allowed, in place.
 * Bounds come first where both can't be had.
 */
function keepFeasible(candidates: Float32Array, steps: number, constraints: Constraints): void {
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
