// The joint actions of a rollout and with them its size: B rows of H steps.
import { DimaError } from '../../common/errors.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { Rollout } from '../../worlds/rollout.ts'
import { copyNumbers, describe, lengthOf, wrongShape } from '../wire/numbers.ts'
import { WireTensor } from '../wire/tensor.ts'

/** Most rows and steps. */
export interface Size {
  batch: number
  horizon: number
}

type Actions = Pick<Rollout, 'batch' | 'horizon' | 'actions'>

/** B and H are read off the actions; everything else must agree with them. */
export function readActions(value: unknown, manifest: Manifest, most: Size): Actions {
  const joint = [manifest.agents.length, manifest.action.dimension]
  const { batch, horizon } = sizeOf(value, joint, most)
  const shape = [batch, horizon, ...joint] // [B, H, N, A]
  const actions = new Float32Array(batch * horizon * joint[0]! * joint[1]!)
  copyNumbers(value, shape, 'actions', actions)
  return { batch, horizon, actions }
}

function sizeOf(value: unknown, joint: number[], most: Size): Size {
  const [batches, steps] = [`1..${most.batch}`, `1..${most.horizon}`]
  const batch = lengthOf(value)
  if (batch === undefined) throw wrongShape('actions', [batches, steps, ...joint], value)
  checkSize('batch_out_of_range', 'actions', 'rows', batch, most.batch)
  const first = (value as unknown[])[0]
  const horizon = value instanceof WireTensor ? value.shape[1] : lengthOf(first)
  if (horizon === undefined)
    throw value instanceof WireTensor
      ? wrongShape('actions', [batches, steps, ...joint], value)
      : wrongShape('actions[0]', [steps, ...joint], first)
  checkSize('horizon_out_of_range', 'actions[0]', 'steps', horizon, most.horizon)
  return { batch, horizon }
}

/** For a policy that acts for everyone: as many rows as starts, and actions that nobody takes. */
export function noActions(
  starts: unknown,
  horizon: number | undefined,
  manifest: Manifest,
  most: Size,
): Actions {
  if (horizon === undefined)
    throw new DimaError('invalid_request', 'horizon is missing: there are no actions to tell it', {
      field: 'horizon',
      expected: 'integer',
      given: 'nothing',
    })
  checkSize('horizon_out_of_range', 'horizon', 'steps', horizon, most.horizon)
  if (!Array.isArray(starts))
    throw new DimaError('invalid_request', 'starts is not a list of starts', {
      field: 'starts',
      expected: 'array',
      given: describe(starts),
    })
  const batch = starts.length
  checkSize('batch_out_of_range', 'starts', 'rows', batch, most.batch)
  const width = manifest.agents.length * manifest.action.dimension
  return { batch, horizon, actions: new Float32Array(batch * horizon * width) }
}

export const noActionsGiven = (): DimaError =>
  new DimaError('invalid_request', 'actions is missing', {
    field: 'actions',
    expected: 'array',
    given: 'nothing',
  })

/** Throws the error `code` unless 1 <= given <= most. */
export function checkSize(
  code: 'batch_out_of_range' | 'horizon_out_of_range',
  field: string,
  unit: string,
  given: number,
  most: number,
): void {
  if (given >= 1 && given <= most) return
  throw new DimaError(code, `${field} has ${given} ${unit}, expected 1..${most}`, {
    field,
    expected: [1, most],
    given,
  })
}
