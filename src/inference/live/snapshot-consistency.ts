// Whether the parts of a snapshot tell one story: what no session could have reached is refused.

import type { SimulatorSpec } from '../../worlds/dima/serve/spec.ts'
import type { PlanRequest } from '../../worlds/rollout.ts'
import type { Position } from './position.ts'
import { snapshotError } from './snapshot-error.ts'
import type { Committed, Terms } from './terms.ts'

/** Throws DimaError `invalid_snapshot` naming a field. */
export function requireConsistent(terms: Terms, { stepId, position, last }: Committed): void {
  const spec = terms.model.bundle.manifest
  must(fits(terms.plan, spec), 'plan.order', 'does not fit the plan')
  must(Number.isSafeInteger(stepId + 1), 'committedStepId', 'leaves no room for another step')
  must((last === undefined) === (stepId === 0), 'last', 'does not fit committedStepId')
  must(position.episodeStep <= stepId, 'episodeStep', 'is more than committedStepId')
  requireFlags(terms, position)
}

function must(condition: boolean, field: string, message: string): void {
  if (!condition) throw snapshotError(field, message)
}

/** None for joint; else each agent equally often, once, or for sequential K / N times. */
function fits({ name, order }: PlanRequest, { agents, sampling }: SimulatorSpec): boolean {
  if (name === 'joint') return order.length === 0
  const [N, K] = [agents.length, sampling.sequentialSteps]
  if (order.length !== N && !(name === 'sequential' && order.length === K)) return false
  return agents.every((_, agent) => order.filter((one) => one === agent).length === order.length / N)
}

function requireFlags({ autoreset, maxEpisodeSteps }: Terms, position: Position): void {
  const { terminated, truncated, episodeStep } = position
  const full = maxEpisodeSteps !== null && episodeStep >= maxEpisodeSteps
  must(truncated === full, 'truncated', 'does not fit episodeStep and maxEpisodeSteps')
  if (maxEpisodeSteps !== null)
    must(episodeStep <= maxEpisodeSteps, 'episodeStep', 'is more than maxEpisodeSteps')
  const ended = terminated || truncated
  must(!ended || autoreset !== 'same_step', 'terminated', 'can not be with same_step')
  must(!ended || episodeStep > 0, 'terminated', 'can not be at a start')
}
