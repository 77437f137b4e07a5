// A request's fields become a Rollout for the engine, or an error that names the field. Pure: no HTTP in here.

import { randomInt } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { OUTPUTS, type Output, RolloutRequest } from '../../api/rollout.ts'
import { DimaError } from '../../common/errors.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { kindOf } from '../../worlds/kind-of.ts'
import type { Rollout } from '../../worlds/rollout.ts'
import type { WorldKind } from '../../worlds/world.ts'
import type { Catalog } from '../catalog.ts'
import type { Limits } from '../context.ts'
import { asList, describe } from '../wire/numbers.ts'
import { keepInside, type OutOfRange } from './action-range.ts'
import { checkSize, noActions, noActionsGiven, readActions, type Size } from './actions.ts'
import { readChoice } from './choice.ts'
import { checkFields } from './fields.ts'
import { actsForAll, fillIn, readPolicy } from './policy.ts'
import { withSamples } from './samples.ts'
import { readStarts } from './starts.ts'

const DEFAULT_QUANTILES = [0.1, 0.5, 0.9]

export interface ParsedRollout {
  bundle: Bundle
  kind: WorldKind
  /** with a row for each sample */
  rollout: Rollout
  /** entries of actions that were outside their space */
  clipped: number
  outputs: ReadonlySet<Output>
  deadlineMs: number | undefined
  /** n and the levels, when samples were asked for */
  spread?: { samples: number; quantiles: number[] }
}

/** The request without what is checked by hand: arrays of thousands of numbers and the order of the agents. */
const Shell = Type.Object(
  {
    ...RolloutRequest.properties,
    starts: Type.Unknown(),
    actions: Type.Optional(Type.Unknown()),
    order: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
)
type Shell = Static<typeof Shell>

export function parseRollout(
  fields: unknown,
  { repository, kinds }: Pick<Catalog, 'repository' | 'kinds'>,
  { batch: maxBatch, outOfRange }: Pick<Limits, 'batch' | 'outOfRange'>,
): ParsedRollout {
  const request = checkFields(Shell, withLists(fields))
  const bundle = repository.resolve(request.model)
  const { horizon } = bundle.manifest
  const { samples, quantiles, policy } = request
  if (quantiles && samples === undefined)
    throw meaningless('quantiles', 'without samples there is nothing to take quantiles of', quantiles)
  const most = { batch: maxBatch, horizon }
  const kind = kindOf(kinds, bundle.manifest)
  const { rollout, clipped } = readRollout(request, bundle.manifest, kind, most, outOfRange)
  if (samples !== undefined)
    checkSize(
      'batch_out_of_range',
      'samples',
      'futures of each row',
      samples,
      Math.floor(maxBatch / rollout.batch),
    )
  const outputs = OUTPUTS.filter((output) => output !== 'actions' || policy)
  return {
    bundle,
    kind,
    rollout: samples === undefined ? rollout : withSamples(rollout, samples),
    clipped,
    outputs: new Set(request.outputs ?? outputs),
    deadlineMs: request.deadline_ms,
    ...(samples === undefined ? {} : { spread: { samples, quantiles: quantiles ?? DEFAULT_QUANTILES } }),
  }
}

/** Every array in every step, and as many steps as the limits say whatever the model was trained for. */
export function parseStreamedRollout(
  fields: unknown,
  { repository, kinds }: Pick<Catalog, 'repository' | 'kinds'>,
  { batch, streamHorizon: horizon, outOfRange }: Limits,
): Pick<ParsedRollout, 'bundle' | 'kind' | 'rollout' | 'clipped' | 'deadlineMs'> {
  const request = checkFields(Shell, withLists(fields))
  for (const name of ['samples', 'quantiles', 'outputs'] as const)
    if (request[name] !== undefined)
      throw meaningless(
        name,
        'a streamed rollout has one future of each row and sends everything',
        request[name],
      )
  const bundle = repository.resolve(request.model)
  const kind = kindOf(kinds, bundle.manifest)
  const rows = readRollout(request, bundle.manifest, kind, { batch, horizon }, outOfRange)
  return { bundle, kind, ...rows, deadlineMs: request.deadline_ms }
}

function readRollout(
  request: Shell,
  manifest: Manifest,
  kind: WorldKind,
  most: Size,
  outOfRange: OutOfRange,
): Pick<ParsedRollout, 'rollout' | 'clipped'> {
  const policy = request.policy && readPolicy(request.policy, manifest)
  const size = readSize(request, actsForAll(policy), manifest, most)
  const { clipped: ofStarts, ...windows } = readStarts(request.starts, size.batch, manifest, outOfRange)
  if (policy && manifest.agents.some(({ choices }) => choices)) fillIn(size.actions, manifest, policy)
  const ofActions = keepInside(size.actions, manifest, outOfRange, 'actions', [size.batch, size.horizon])
  const seed = request.seed ?? randomInt(2 ** 32)
  const choice = readChoice(kind, request, seed, manifest)
  const rollout = { ...size, ...windows, seed, choice, ...(policy ? { policy } : {}) }
  return { rollout, clipped: ofStarts + ofActions }
}

function readSize(request: Shell, optional: boolean, manifest: Manifest, most: Size) {
  const { actions, starts, horizon } = request
  if (actions === undefined && optional) return noActions(starts, horizon, manifest, most)
  if (actions === undefined) throw noActionsGiven()
  const size = readActions(actions, manifest, most)
  if (horizon === undefined || horizon === size.horizon) return size
  throw new DimaError('invalid_request', `horizon is ${horizon}, but actions has ${size.horizon} steps`, {
    field: 'horizon',
    expected: size.horizon,
    given: horizon,
  })
}

/** Lists that NumPy users send as arrays. */
function withLists(fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null || !('quantiles' in fields)) return fields
  return { ...fields, quantiles: asList(fields.quantiles) }
}

const meaningless = (field: string, why: string, given: unknown): DimaError =>
  new DimaError('invalid_request', `${field} has no meaning here: ${why}`, {
    field,
    expected: 'nothing',
    given: describe(given),
  })
