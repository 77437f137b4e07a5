// A request's body becomes a Rollout for the engine, or an error that names the field. Pure: no HTTP in here.
import { randomInt } from 'node:crypto'
import Type from 'typebox'
import { OUTPUTS, type Output, RolloutRequest } from '../../api/rollout.ts'
import { DimaError } from '../../common/errors.ts'
import type { Rollout } from '../../inference/simulator/rollout.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { Repository } from '../../registry/repository.ts'
import { checkFields } from './fields.ts'
import { copyNumbers, wrongShape } from './numbers.ts'
import { resolveOrder } from './order.ts'
import { readStarts } from './starts.ts'

export interface ParsedRollout {
  bundle: Bundle
  rollout: Rollout
  outputs: ReadonlySet<Output>
}

/** The request without what is checked by hand: arrays of thousands of numbers and the order of the agents. */
const Shell = Type.Object(
  {
    ...RolloutRequest.properties,
    starts: Type.Unknown(),
    actions: Type.Unknown(),
    order: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
)

export function parseRollout(body: unknown, repository: Repository, maxBatch: number): ParsedRollout {
  const request = checkFields(Shell, body)
  const bundle = repository.resolve(request.model)
  const { manifest } = bundle
  const { batch, horizon, actions } = readActions(request.actions, manifest, maxBatch)
  const windows = readStarts(request.starts, batch, manifest)
  const seed = request.seed ?? randomInt(2 ** 32)
  const name = request.plan ?? manifest.sampling.defaultPlan
  const order = resolveOrder(request.order, {
    plan: name,
    agents: manifest.agents.map((agent) => agent.name),
    sequentialSteps: manifest.sampling.sequentialSteps,
    seed,
  })
  const rollout = { batch, horizon, ...windows, actions, seed, plan: { name, order } }
  return {
    bundle,
    rollout,
    outputs: new Set(request.outputs ?? OUTPUTS.filter((output) => output !== 'actions')),
  }
}

/** B and H are read off the actions; everything else must agree with them. */
function readActions(
  value: unknown,
  manifest: Manifest,
  maxBatch: number,
): Pick<Rollout, 'batch' | 'horizon' | 'actions'> {
  const joint = [manifest.agents.length, manifest.action.dimension]
  const [steps, batches] = [`1..${manifest.horizon}`, `1..${maxBatch}`]
  if (!Array.isArray(value)) throw wrongShape('actions', [batches, steps, ...joint], value)
  const batch = value.length
  if (batch < 1 || batch > maxBatch)
    throw outOfRange('batch_out_of_range', 'actions', `${batch} rows`, maxBatch, batch)
  if (!Array.isArray(value[0])) throw wrongShape('actions[0]', [steps, ...joint], value[0])
  const horizon = value[0].length
  if (horizon < 1 || horizon > manifest.horizon)
    throw outOfRange('horizon_out_of_range', 'actions[0]', `${horizon} steps`, manifest.horizon, horizon)
  const shape = [batch, horizon, ...joint] // [B, H, N, A]
  const actions = new Float32Array(batch * horizon * joint[0]! * joint[1]!)
  copyNumbers(value, shape, 'actions', actions)
  return { batch, horizon, actions }
}

function outOfRange(
  code: 'batch_out_of_range' | 'horizon_out_of_range',
  field: string,
  what: string,
  largest: number,
  given: number,
): DimaError {
  return new DimaError(code, `${field} has ${what}, expected 1..${largest}`, {
    field,
    expected: [1, largest],
    given,
  })
}
