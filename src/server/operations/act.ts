// The policy of a model as a service: observations in, actions out, without a session. B rows, N agents, A action, O
// observation.
import { randomInt } from 'node:crypto'
import Type from 'typebox'
import { type ActReply, ActRequest } from '../../api/policy.ts'
import { strict } from '../../api/shapes.ts'
import { DimaError } from '../../common/errors.ts'
import type { Decided } from '../../inference/runner.ts'
import { type Acting, takenActions } from '../../worlds/acting.ts'
import { firstNotFinite } from '../rollout/diverged.ts'
import { checkFields } from '../rollout/fields.ts'
import { readObservations, rowsByAgent } from '../rollout/observations.ts'
import { modelUsed, type Reply } from '../rollout/views.ts'
import type { Operation } from './operation.ts'
import { paid } from './paid.ts'
import { timingOf, workOptions } from './timing.ts'

const Act = Type.Object({ ...ActRequest.properties, observations: Type.Unknown() }, strict)

export const act: Operation = async ({ catalog, runner, limits, metrics }, fields, caller) => {
  const request = checkFields(Act, fields)
  const bundle = catalog.repository.resolve(request.model)
  const { manifest, digest, name: model, version } = bundle
  caller.found?.(bundle)
  if (!manifest.graphs.policy) throw new DimaError('no_policy', `${model} has no policy`, { field: 'model' })
  const seen = readObservations(request.observations, manifest, limits.batch)
  const { mode = 'sample', seed = randomInt(2 ** 32), step = 0 } = request
  const options = workOptions(caller, request.deadline_ms)
  const decided = await paid(caller, seen.rows.length, () =>
    Promise.all(seen.rows.map((observations) => runner.act(digest, { observations }, options))),
  )
  checkFinite(decided)
  const acting: Acting = { agents: seen.agents, mode }
  const nothing = new Float32Array(manifest.agents.length * manifest.action.dimension)
  const actions = decided.map((leanings, key) =>
    takenActions(manifest, acting, leanings, { seed, key, step }, nothing),
  )
  const took = { queueMs: longest(decided, 'queueMs'), computeMs: longest(decided, 'computeMs') }
  metrics.act({ model, version, rows: decided.length, queueMs: took.queueMs })
  const reply: Reply<ActReply> = {
    model: modelUsed(bundle),
    mode,
    seed,
    step,
    actions: rowsByAgent(actions, seen, manifest),
    timing: timingOf(took, caller),
  }
  return reply
}

const longest = (decided: Decided[], part: 'queueMs' | 'computeMs'): number =>
  Math.max(...decided.map((one) => one[part]))

function checkFinite(decided: Decided[]): void {
  const row = decided.findIndex(({ mean, std }) => firstNotFinite(mean) >= 0 || firstNotFinite(std) >= 0)
  if (row < 0) return
  throw new DimaError('diverged', `what the policy does in row ${row} is not finite`, {
    field: 'observations',
  })
}
