// The reply of step_many: arrays over the sessions, and what failed.
import type { StepManyReply } from '../../api/sessions.ts'
import { ERRORS } from '../../common/error-table.ts'
import { DimaError } from '../../common/errors.ts'
import type { Sessions, StepAnswer } from '../../inference/live/types.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { noveltyOf } from '../../worlds/novelty.ts'
import type { Reply } from '../rollout/views.ts'
import { WireTensor } from '../wire/tensor.ts'
import type { Caller } from './operation.ts'
import { finalOf } from './step.ts'
import { timingOf } from './timing.ts'

/** What became of a session. */
export type Row = StepAnswer | DimaError

interface Stepped {
  ids: string[]
  rows: Row[]
  /** [M] entries of each row's action that were outside their space */
  clipped: number[]
  /** [M] of each row's model; undefined where no session was found */
  manifests: (Manifest | undefined)[]
  /** whether a policy was to act */
  acted: boolean
}

export function manyReply(
  { ids, rows, clipped, manifests, acted }: Stepped,
  sessions: Sessions,
  caller: Caller,
): Reply<StepManyReply> {
  const manifest = manifests.find((one) => one !== undefined) // what they have in common: agents and sizes
  const answers = rows.map((row) => (row instanceof DimaError ? undefined : row))
  const committed = (row: number) => answers[row]?.committedStepId ?? committedOf(sessions, caller, ids[row]!)
  return {
    session_ids: ids,
    step_ids: answers.map((answer) => answer?.stepId ?? 0),
    committed_step_ids: ids.map((_, row) => committed(row)),
    states: stack(answers, manifest?.state.length ?? 0, ({ state }) => state, Float64Array), // [M, S]
    observations: byAgent(
      answers,
      manifest,
      manifest?.observation.length,
      ({ observations }) => observations,
      ({ observed }) => observed ?? manifest?.observation.length ?? 0,
    ),
    rewards: column(answers, ({ reward }) => reward),
    termination_probabilities: column(answers, ({ terminationProbability }) => terminationProbability),
    terminations: answers.map((answer) => answer?.terminated ?? false),
    truncations: answers.map((answer) => answer?.truncated ?? false),
    ood: column(answers, ({ state }, row) => noveltyOf(state, manifests[row]!)[0]!),
    clipped_actions: clipped,
    ...(acted
      ? { actions: byAgent(answers, manifest, manifest?.action.dimension, ({ actions }) => actions) }
      : {}),
    finals: answers.map((answer, row) => (answer?.final ? finalOf(answer.final, manifests[row]!) : null)),
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

/** [M, width]; rows that failed, or have none, are zero. */
function stack<T extends Numbers>(
  answers: Answers,
  width: number,
  part: (answer: StepAnswer) => Numbers | undefined,
  Kind: new (length: number) => T,
): WireTensor {
  const data = new Kind(answers.length * width)
  answers.forEach((answer, row) => {
    const own = answer && part(answer)
    if (own) data.set(own, row * width)
  })
  return new WireTensor(data, [answers.length, width])
}

/** [M, N, width] to one [M, own] for each agent: observations, as long as its own, or actions. */
function byAgent(
  answers: Answers,
  manifest: Manifest | undefined,
  width = 0,
  part: (answer: StepAnswer) => Float32Array | undefined,
  ownOf: (agent: Manifest['agents'][number]) => number = () => width,
): Record<string, WireTensor> {
  if (!manifest) return {}
  const ofAgent = (agent: number, own: number) =>
    stack(answers, own, (answer) => part(answer)?.subarray(agent * width, agent * width + own), Float32Array)
  return Object.fromEntries(manifest.agents.map((agent, n) => [agent.name, ofAgent(n, ownOf(agent))]))
}

const column = (answers: Answers, part: (answer: StepAnswer, row: number) => number): WireTensor =>
  new WireTensor(
    Float64Array.from(answers, (answer, row) => (answer ? part(answer, row) : 0)),
    [answers.length],
  )

/** 0 for a session that is not there. */
function committedOf(sessions: Sessions, { owner }: Caller, id: string): number {
  try {
    return sessions.standing(owner, id).committedStepId
  } catch {
    return 0 // the row's own error says why
  }
}

/** As in a problem: what is the server's own fault is told in general words. */
function errorsOf(ids: string[], rows: Row[]): StepManyReply['errors'] {
  return rows.flatMap((row, index) => {
    if (!(row instanceof DimaError)) return []
    const { code, status, message } = row
    return [{ index, session_id: ids[index]!, code, detail: status >= 500 ? ERRORS[code].hint : message }]
  })
}
