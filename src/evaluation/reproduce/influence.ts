// Check 9: how far the sampled state moves when one agent's current action is another segment's. The noise is a function
// of the start alone, so an action that is not used moves nothing at all.
import type { PlanRequest } from '../../worlds/dima/serve/plan.ts'
import type { EvaluatedPlan } from '../../worlds/dima/serve/scored-plans.ts'
import { drawSegments, rolloutOf, sizesOf } from '../held-out.ts'
import { stepErrors } from '../step-errors.ts'
import type { Measure } from './measure.ts'
import { JOINT, sequentialPlans } from './state-errors.ts'
import type { Subject } from './subject.ts'

/** Influence of each agent by order, as method.md 7.4 has it. */
const REFERENCE: Record<string, readonly number[]> = {
  joint: [0.44, 0.38],
  descending: [0.42, 0.21],
  ascending: [0.27, 0.35],
  balanced: [0.33, 0.32],
}
/** Far above rounding (1e-6), far below any effect that matters. */
const SOME = 1e-3

export async function influence(subject: Subject): Promise<Measure[]> {
  const measures: Measure[] = []
  for (const plan of [JOINT, ...sequentialPlans(subject.model.spec)]) {
    const moved = await movedBy(subject, plan)
    measures.push(...moved.map((value, agent) => measureOf(subject, plan, agent, value)))
  }
  return measures
}

function measureOf({ reference }: Subject, { label }: EvaluatedPlan, agent: number, value: number): Measure {
  const expected = reference ? REFERENCE[label]?.[agent] : undefined
  return {
    figure: `influence of agent ${agent + 1}, ${label}`,
    value,
    low: expected ? expected / 2 : SOME,
    source: '7.4, 9.9',
    why: expected ? `half of 7.4's ${expected}; zero is a bug` : 'zero is a bug',
  }
}

/** Mean change of the next state in normalised units, for each agent [N]. */
async function movedBy(subject: Subject, plan: PlanRequest): Promise<number[]> {
  const { model, simulator, episodes, segments: count, seed } = subject
  const sizes = { ...sizesOf(model.spec), horizon: 1 }
  const rollout = rolloutOf(drawSegments(episodes, count, seed, sizes), sizes, plan, seed)
  const before = await simulator.rollout(rollout)
  const changes: number[] = []
  for (let agent = 0; agent < sizes.agents; agent++) {
    const actions = withOthersAction(rollout.actions, count, sizes, agent)
    const after = await simulator.rollout({ ...rollout, actions })
    changes.push(stepErrors(after.states, before.states, 1, sizes.state, model.spec.normalisation.std)[0]!)
  }
  return changes
}

/** Joint actions [B, N, A] where one agent takes the action of the row after: segments are drawn independently. */
export function withOthersAction(
  actions: Float32Array,
  batch: number,
  { agents: N, action: A }: { agents: number; action: number },
  agent: number,
): Float32Array {
  const joint = N * A
  return actions.map((own, i) => {
    const [row, place] = [Math.floor(i / joint), i % joint]
    return Math.floor(place / A) === agent ? actions[((row + 1) % batch) * joint + place]! : own
  })
}
