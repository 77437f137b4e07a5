// Good requests of every kind, to be spoilt.
import type { Operation } from '../../../src/api/stream.ts'
import type { Rng } from '../../../src/common/rng.ts'
import type { Model } from '../model.ts'
import { chance, choose, type Json, spoilt } from './odd.ts'

/** What a client knows: the model, and one session of its own. */
export interface Known extends Model {
  sessionId: string
  /** the session's next step */
  nextStep: number
  snapshot: string
  /** a session of somebody else */
  stranger: string
}

type Fields = Record<string, Json>

const joint = (rng: Rng, { agents, A }: Known): Json => table(agents.length, () => numbers(rng, A)) // [N, A]
const numbers = (rng: Rng, length: number): Json =>
  table(length, () => Math.round(200 * rng.uniform() - 100) / 100)
/** Now and then one that is too large for any model. */
const state = (rng: Rng, { S }: Known): Json =>
  chance(rng, 0.02) ? Array<number>(S).fill(1e30) : numbers(rng, S)
const table = (length: number, item: () => Json): Json[] => Array.from({ length }, item)

function start(rng: Rng, known: Known): Json {
  const length = 1 + rng.int(3)
  const states = table(length, () => state(rng, known))
  return length === 1 && chance(rng, 0.5)
    ? { states }
    : { states, actions: table(length - 1, () => joint(rng, known)) }
}

/** The fields themselves, each left out now and then. */
function some(rng: Rng, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(() => chance(rng, 0.4)))
}

function rollout(rng: Rng, known: Known): Fields {
  const [B, H] = [choose(rng, [1, 1, 2, 3, 17]), choose(rng, [1, 2, 4, 15, 16])]
  return {
    starts: table(chance(rng, 0.5) ? 1 : B, () => start(rng, known)),
    actions: table(B, () => table(H, () => joint(rng, known))),
    ...some(rng, {
      model: choose(rng, [known.model, `${known.model}@${known.version}`, `${known.model}@stable`]),
      seed: rng.uint32(),
      plan: choose(rng, ['joint', 'sequential', 'progressive']),
      order: choose(rng, ['descending', 'random', known.agents, known.agents.map((_, i) => i)]),
      deadline_ms: choose(rng, [1, 50, 10_000]),
      horizon: H,
    }),
  }
}

const policy = (rng: Rng, { agents }: Known): Json =>
  choose<Json>(rng, [{}, { agents: agents.slice(1) }, { mode: 'mean' }])

/** One row, or several. */
function act(rng: Rng, known: Known): Fields {
  const rows = choose(rng, [0, 1, 3])
  const seen = () => (rows === 0 ? numbers(rng, known.O) : table(rows, () => numbers(rng, known.O)))
  return {
    observations: Object.fromEntries(known.agents.map((agent) => [agent, seen()])),
    ...some(rng, {
      model: known.model,
      mode: choose(rng, ['sample', 'mean']),
      seed: rng.uint32(),
      step: rng.int(9),
      deadline_ms: choose(rng, [1, 1000]),
    }),
  }
}

const wholeRollout = (rng: Rng, known: Known): Fields => ({
  ...rollout(rng, known),
  ...some(rng, {
    samples: choose(rng, [1, 2, 5, 64]),
    quantiles: [0.1, 0.9],
    outputs: ['states', 'rewards'],
    policy: policy(rng, known),
  }),
})

/** Fields by operation, as the socket takes them. */
export const REQUESTS: Record<Operation, (rng: Rng, known: Known) => Fields> = {
  create: (rng, known) =>
    some(rng, {
      model: known.model,
      seed: rng.uint32(),
      start: start(rng, known),
      plan: choose(rng, ['joint', 'sequential', 'progressive']),
      order: choose<Json>(rng, ['ascending', known.agents]),
      max_episode_steps: choose<Json>(rng, [1, 5, null]),
      autoreset: choose(rng, ['disabled', 'next_step', 'same_step']),
    }),
  get: (_, { sessionId }) => ({ session_id: sessionId }),
  reset: (rng, known) => ({
    session_id: known.sessionId,
    ...some(rng, { seed: rng.uint32(), start: start(rng, known) }),
  }),
  step: (rng, known) => ({
    session_id: known.sessionId,
    actions: chance(rng, 0.5)
      ? joint(rng, known)
      : Object.fromEntries(known.agents.map((agent) => [agent, numbers(rng, known.A)])),
    ...some(rng, {
      step_id: known.nextStep + choose(rng, [-1, 0, 0, 1, 9]),
      deadline_ms: choose(rng, [1, 1000]),
      policy: policy(rng, known),
    }),
  }),
  step_many: (rng, known) => ({
    session_ids: [known.sessionId],
    actions: [joint(rng, known)],
    ...some(rng, { step_ids: [known.nextStep], deadline_ms: 1000, policy: policy(rng, known) }),
  }),
  snapshot: (_, { sessionId }) => ({ session_id: sessionId }),
  restore: (_, { snapshot }) => ({ snapshot }),
  fork: (rng, { sessionId }) => ({
    session_id: sessionId,
    ...some(rng, { count: 2, seeds: [rng.uint32(), rng.uint32()] }),
  }),
  close: (_, { sessionId }) => ({ session_id: sessionId }),
  act,
  rollout: wholeRollout,
  rollout_stream: rollout,
  plan: (rng, known) => ({
    ...(chance(rng, 0.5) ? { session_id: known.sessionId } : { start: start(rng, known) }),
    ...some(rng, {
      method: choose(rng, ['icem', 'mppi', 'cem']),
      horizon: choose(rng, [1, 2, 15]),
      population: choose(rng, [1, 4, 16]),
      iterations: choose(rng, [1, 2]),
      elites: choose(rng, [1, 2, 9]),
      beta: choose(rng, [0, 0.5, 3]),
      coordinate: choose(rng, ['together', 'in_turn']),
      agents: known.agents.slice(1),
      others: choose(rng, ['mean', 'sample']),
      prior: choose(rng, [0, 0.25, 1]),
      constraints: choose<Json>(rng, [
        {},
        { max_change: 0.1 },
        { low: joint(rng, known), high: joint(rng, known) },
      ]),
      objective: choose<Json>(rng, [
        {},
        { samples: 2, risk: 1 },
        { terminal: 'none', smoothness: 0.1, novelty: 1 },
      ]),
      pending_actions: [joint(rng, known)],
      seed: rng.uint32(),
      deadline_ms: choose(rng, [1, 50, 10_000]),
    }),
  }),
  cancel: (rng) => ({ request_id: choose<Json>(rng, [1, 'x', 99]) }),
}

/** One in six is left as it is, one in fifty asks for somebody else's session. */
export function spoiltOrStrange(rng: Rng, value: Json, { sessionId, stranger }: Known): Json {
  if (chance(rng, 0.16)) return value
  if (chance(rng, 0.02)) return JSON.parse(JSON.stringify(value).replaceAll(sessionId, stranger))
  return spoilt(rng, value)
}
