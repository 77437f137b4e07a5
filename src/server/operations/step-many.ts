// One step of many sessions with one request. What is wrong with the request as a whole is refused before any session
// steps; what fails in one session is a row of errors and the others go on.
import Type from 'typebox'
import { SessionId, StepMany, type StepManyReply } from '../../api/sessions.ts'
import { strict } from '../../api/shapes.ts'
import { DimaError, ERRORS } from '../../common/errors.ts'
import type { Sessions, StepAnswer } from '../../inference/live/types.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { checkFields } from '../rollout/fields.ts'
import { asList, copyNumbers } from '../rollout/numbers.ts'
import { WireTensor } from '../wire/tensor.ts'
import type { Caller, Operation } from './operation.ts'
import { finalOf } from './step.ts'
import { timingOf, workOptions } from './timing.ts'
import type { Reply } from './views.ts'

const Many = Type.Object(
  {
    ...StepMany.properties,
    session_ids: Type.Array(SessionId, { minItems: 1, maxItems: 4096 }),
    actions: Type.Unknown(),
  },
  strict,
)

/** What became of a row. */
type Outcome = StepAnswer | DimaError

export const stepMany: Operation = async ({ sessions }, fields, caller) => {
  const { session_ids: ids, actions, step_ids: stepIds, deadline_ms } = checkFields(Many, withLists(fields))
  checkRows(ids, stepIds)
  const found = ids.map((id) => lookUp(sessions, caller, id))
  const manifest = commonManifest(found)
  const joints = manifest && readActions(actions, ids.length, manifest)
  const options = workOptions(caller, deadline_ms)
  const rows = await Promise.all(
    found.map((one, row) => {
      if (one instanceof DimaError || !joints) return one as DimaError
      const stepId = stepIds?.[row]
      const numbered = stepId === undefined ? options : { ...options, stepId }
      return settle(sessions.step(caller.owner, ids[row]!, joints[row]!, numbered))
    }),
  )
  throwUnforeseen(rows)
  return reply(ids, rows as Outcome[], manifest, sessions, caller)
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

function lookUp(sessions: Sessions, { owner }: Caller, id: string): Manifest | DimaError {
  try {
    return sessions.get(owner, id).bundle.manifest
  } catch (error) {
    if (error instanceof DimaError) return error
    throw error
  }
}

/** Rows share arrays, so their models must agree in what the arrays are about; undefined when no session is there. */
function commonManifest(found: (Manifest | DimaError)[]): Manifest | undefined {
  const first = found.find((one) => !(one instanceof DimaError))
  if (first === undefined || first instanceof DimaError) return undefined
  const sizes = sizesOf(first)
  const other = found.findIndex(
    (one) => !(one instanceof DimaError) && one !== first && sizesOf(one) !== sizes,
  )
  if (other < 0) return first
  throw new DimaError('invalid_request', `session_ids[${other}] has a model with other agents or sizes`, {
    field: `session_ids[${other}]`,
    expected: 'sessions with the same agents and sizes',
  })
}

const sizesOf = ({ agents, action, state, observation }: Manifest): string =>
  JSON.stringify([agents.map(({ name }) => name), action.dimension, state.length, observation.length])

/** [N, A] for each row. */
function readActions(actions: unknown, rows: number, { agents, action }: Manifest): Float32Array[] {
  const width = agents.length * action.dimension
  const all = new Float32Array(rows * width)
  copyNumbers(actions, [rows, agents.length, action.dimension], 'actions', all)
  // Copies: sessions keep what they are given, and a part would keep the whole alive.
  return Array.from({ length: rows }, (_, row) => all.slice(row * width, (row + 1) * width))
}

/** An error as a value, so that all rows come to their end. */
const settle = (row: Promise<StepAnswer>): Promise<StepAnswer | Error> =>
  row.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))

/** For the log. Rows that are committed meanwhile answer again when the request is repeated with their step ids. */
function throwUnforeseen(rows: (StepAnswer | Error)[]): void {
  const unforeseen = rows.find((row) => row instanceof Error && !(row instanceof DimaError))
  if (unforeseen) throw unforeseen
}

function reply(
  ids: string[],
  rows: Outcome[],
  manifest: Manifest | undefined,
  sessions: Sessions,
  caller: Caller,
): Reply<StepManyReply> {
  const answers = rows.map((row) => (row instanceof DimaError ? undefined : row))
  const committed = (row: number) => answers[row]?.committedStepId ?? committedOf(sessions, caller, ids[row]!)
  return {
    session_ids: ids,
    step_ids: answers.map((answer) => answer?.stepId ?? 0),
    committed_step_ids: ids.map((_, row) => committed(row)),
    states: stack(answers, manifest?.state.length ?? 0, ({ state }) => state, Float64Array), // [M, S]
    observations: observationsOf(answers, manifest),
    rewards: column(answers, ({ reward }) => reward),
    termination_probabilities: column(answers, ({ terminationProbability }) => terminationProbability),
    terminations: answers.map((answer) => answer?.terminated ?? false),
    truncations: answers.map((answer) => answer?.truncated ?? false),
    finals: answers.map((answer) => (answer?.final && manifest ? finalOf(answer.final, manifest) : null)),
    errors: errorsOf(ids, rows),
    timing: timingOf(
      {
        queueMs: Math.max(0, ...answers.map((answer) => answer?.queueMs ?? 0)),
        computeMs: Math.max(0, ...answers.map((answer) => answer?.computeMs ?? 0)),
      },
      caller,
    ),
  }
}

type Answers = (StepAnswer | undefined)[]
type Numbers = Float32Array | Float64Array

/** [M, width]; rows that failed are zero. */
function stack<T extends Numbers>(
  answers: Answers,
  width: number,
  part: (answer: StepAnswer) => Numbers,
  Kind: new (length: number) => T,
): WireTensor {
  const data = new Kind(answers.length * width)
  answers.forEach((answer, row) => {
    if (answer) data.set(part(answer), row * width)
  })
  return new WireTensor(data, [answers.length, width])
}

/** [M, N, O] to one [M, O] for each agent. */
function observationsOf(answers: Answers, manifest: Manifest | undefined): Record<string, WireTensor> {
  if (!manifest) return {}
  const O = manifest.observation.length
  const ofAgent = (agent: number) =>
    stack(answers, O, ({ observations }) => observations.subarray(agent * O, (agent + 1) * O), Float32Array)
  return Object.fromEntries(manifest.agents.map(({ name }, agent) => [name, ofAgent(agent)]))
}

const column = (answers: Answers, part: (answer: StepAnswer) => number): WireTensor =>
  new WireTensor(
    Float64Array.from(answers, (answer) => (answer ? part(answer) : 0)),
    [answers.length],
  )

/** 0 for a session that is not there. */
function committedOf(sessions: Sessions, { owner }: Caller, id: string): number {
  try {
    return sessions.get(owner, id).committedStepId
  } catch {
    return 0 // the row's own error says why
  }
}

/** As in a problem: what is the server's own fault is told in general words. */
function errorsOf(ids: string[], rows: Outcome[]): StepManyReply['errors'] {
  return rows.flatMap((row, index) => {
    if (!(row instanceof DimaError)) return []
    const { code, status, message } = row
    return [{ index, session_id: ids[index]!, code, detail: status >= 500 ? ERRORS[code].hint : message }]
  })
}
