// One step of many sessions with one request. What is wrong with the request as a whole is refused before any session
// steps; what fails in one session is a row of errors and the others go on.
import Type, { type Static } from 'typebox'
import { SessionId, StepMany } from '../../api/sessions.ts'
import { strict } from '../../api/shapes.ts'
import { DimaError } from '../../common/errors.ts'
import type { Sessions, Standing, StepAnswer, StepOptions } from '../../inference/live/types.ts'
import type { Manifest } from '../../registry/manifest.ts'
import type { Acting } from '../../worlds/acting.ts'
import type { Limits, ServerContext } from '../context.ts'
import { keepInside } from '../rollout/action-range.ts'
import { noActionsGiven } from '../rollout/actions.ts'
import { checkFields } from '../rollout/fields.ts'
import { actsForAll, fillIn, readPolicy } from '../rollout/policy.ts'
import { asList, copyNumbers } from '../wire/numbers.ts'
import type { Caller, Operation } from './operation.ts'
import { isUndone, pay } from './paid.ts'
import { recordStep } from './step.ts'
import { manyReply, type Row } from './step-many-reply.ts'
import { workOptions } from './timing.ts'

const Many = Type.Object(
  {
    ...StepMany.properties,
    session_ids: Type.Array(SessionId, { minItems: 1, maxItems: 4096 }),
    actions: Type.Optional(Type.Unknown()),
  },
  strict,
)
type Many = Static<typeof Many>

export const stepMany: Operation = async (context, fields, caller) => {
  const request = checkFields(Many, withLists(fields))
  const { session_ids: ids, step_ids: stepIds } = request
  checkRows(ids, stepIds)
  const coming = ids.map((id) => context.sessions.bring(caller.owner, id))
  const failed = coming.some(Boolean) ? await Promise.all(coming.map(failureOf)) : []
  const found = ids.map((id, row) => failed[row] ?? lookUp(context.sessions, caller, id))
  const manifests = found.map((one) => (one instanceof DimaError ? undefined : one.bundle.manifest))
  const common = commonManifest(manifests)
  const policy = common && request.policy && readPolicy(request.policy, common)
  const joints = common ? readActions(request.actions, common, manifests, context.limits, policy) : []
  const rows = common
    ? await stepEach(context, { ...request, acting: policy }, joints, found, caller)
    : (found as DimaError[])
  const clipped = ids.map((_, row) => joints[row]?.clipped ?? 0)
  return manyReply({ ids, rows, clipped, manifests, acted: policy !== undefined }, context.sessions, caller)
}

/** All rows come to their end; a row that fails is its error. */
async function stepEach(
  { sessions, metrics }: ServerContext,
  { session_ids: ids, step_ids: stepIds, deadline_ms, acting }: Many & { acting: Acting | undefined },
  joints: Joint[],
  found: (Standing | DimaError)[],
  caller: Caller,
): Promise<Row[]> {
  const giveBack = pay(caller, ids.length)
  const options: StepOptions = { ...workOptions(caller, deadline_ms), ...(acting ? { policy: acting } : {}) }
  const stepOne = async (view: Standing, row: number): Promise<StepAnswer> => {
    const stepId = stepIds?.[row]
    const numbered = stepId === undefined ? options : { ...options, stepId }
    const answer = await sessions.step(caller.owner, ids[row]!, joints[row]!.action, numbered)
    recordStep(metrics, answer, view)
    return answer
  }
  const rows = await Promise.allSettled(
    found.map((one, row) => (one instanceof DimaError ? Promise.reject(one) : stepOne(one, row))),
  )
  giveBack(rows.filter((row) => row.status === 'rejected' && isUndone(row.reason)).length)
  return rows.map((row) => (row.status === 'fulfilled' ? row.value : expected(row.reason)))
}

/** What nobody foresaw is thrown, for the log; rows committed meanwhile answer again when they are repeated. */
function expected(error: unknown): DimaError {
  if (error instanceof DimaError) return error
  throw error
}

const withLists = (fields: unknown): unknown =>
  typeof fields === 'object' && fields !== null && 'step_ids' in fields
    ? { ...fields, step_ids: asList(fields.step_ids) }
    : fields

function checkRows(ids: string[], stepIds: number[] | undefined): void {
  const seen = new Map<string, number>()
  for (const [row, id] of ids.entries()) {
    const first = seen.get(id)
    if (first !== undefined)
      throw new DimaError('invalid_request', `session_ids[${row}] is the same as session_ids[${first}]`, {
        field: `session_ids[${row}]`,
        expected: 'different sessions',
      })
    seen.set(id, row)
  }
  if (stepIds && stepIds.length !== ids.length)
    throw new DimaError('invalid_shape', `step_ids has ${stepIds.length} entries, expected ${ids.length}`, {
      field: 'step_ids',
      expected: [ids.length],
      given: [stepIds.length],
    })
}

/** Why a session could not be brought, if it could not. */
const failureOf = async (coming: Promise<void> | undefined): Promise<DimaError | undefined> =>
  coming?.then(() => undefined, expected)

function lookUp(sessions: Sessions, { owner }: Caller, id: string): Standing | DimaError {
  try {
    return sessions.standing(owner, id)
  } catch (error) {
    if (error instanceof DimaError) return error
    throw error
  }
}

/** Rows share arrays, so their models must agree in what the arrays are about; undefined when no session is there. */
function commonManifest(manifests: (Manifest | undefined)[]): Manifest | undefined {
  const first = manifests.find((manifest) => manifest !== undefined)
  if (!first) return undefined
  const sizes = sizesOf(first)
  const other = manifests.findIndex((one) => one && one !== first && sizesOf(one) !== sizes)
  if (other < 0) return first
  throw new DimaError('invalid_request', `session_ids[${other}] has a model with other agents or sizes`, {
    field: `session_ids[${other}]`,
    expected: 'sessions with the same agents and sizes',
  })
}

const sizesOf = ({ agents, action, state, observation }: Manifest): string =>
  JSON.stringify([
    agents.map(({ name, choices, observed }) => [name, choices, observed]),
    action.dimension,
    state.length,
    observation.length,
  ])

/** One session's action [N, A], inside its space. */
interface Joint {
  action: Float32Array
  /** entries that were outside */
  clipped: number
}

/** One for each row, inside the space of its own model. */
function readActions(
  actions: unknown,
  { agents, action }: Manifest,
  manifests: (Manifest | undefined)[],
  { outOfRange }: Limits,
  policy: Acting | undefined,
): Joint[] {
  const rows = manifests.length
  const width = agents.length * action.dimension
  const all = new Float32Array(rows * width)
  if (actions !== undefined) copyNumbers(actions, [rows, agents.length, action.dimension], 'actions', all)
  else if (!actsForAll(policy)) throw noActionsGiven()
  return manifests.map((manifest, row) => {
    // A copy: sessions keep what they are given, and a part would keep the whole alive.
    const joint = all.slice(row * width, (row + 1) * width)
    if (policy && manifest) fillIn(joint, manifest, policy)
    const clipped = manifest ? keepInside(joint, manifest, outOfRange, `actions[${row}]`) : 0
    return { action: joint, clipped }
  })
}
