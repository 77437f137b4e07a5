// Live sessions on the wire: bodies of /v1/sessions..., and the same fields in the messages of /v1/stream.
// L context states, N agents, A numbers of an action, S of a state, O of an observation, M sessions of a joint step.
import Type, { type Static } from 'typebox'
import { Choice, Chosen } from './choice.ts'
import { Policy } from './policy.ts'
import { Start } from './rollout.ts'
import {
  ClippedActions,
  Deadline,
  ModelReference,
  ModelUsed,
  Novelty,
  novelties,
  nullable,
  numbers,
  Seed,
  strict,
  Timing,
} from './shapes.ts'

export const AUTORESET_MODES = ['disabled', 'next_step', 'same_step'] as const
export type AutoresetMode = (typeof AUTORESET_MODES)[number]

/** Unguessable: 128 random bits. */
export const SessionId = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', description: 'as create gave it' })

const StepId = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description:
    'committed_step_id + 1 (the default); committed_step_id itself returns the stored answer of that step',
})

const JOINT_ACTION = '[N, A], agents in the order of the model, or [A] by agent name'
/** PettingZoo's dictionary by agent, or all agents in the order of the model. */
const JointAction = Type.Union(
  [numbers(['N', 'A'], 'agents in the order of the model'), Type.Record(Type.String(), numbers(['A'], ''))],
  { description: JOINT_ACTION },
)

const start = {
  seed: Type.Optional({
    ...Seed,
    description: 'The same model, start, actions and seed give the same trajectory. Default: drawn',
  }),
  start: Type.Optional(Start),
}

export const CreateSession = Type.Object(
  {
    model: Type.Optional(ModelReference),
    ...start,
    ...Choice,
    max_episode_steps: Type.Optional(
      nullable(
        Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          description: 'steps after which an episode is truncated. Default: null, never',
        }),
      ),
    ),
    autoreset: Type.Optional(
      Type.Enum(AUTORESET_MODES, {
        description:
          "What follows the end of an episode (Gymnasium's words). disabled (default): steps are refused until " +
          'reset. same_step: the answer that ends it already shows the next start, and the end under final. ' +
          'next_step: the next step ignores its actions and shows the next start, with reward 0',
      }),
    ),
  },
  strict,
)
export type CreateSession = Static<typeof CreateSession>

export const ResetSession = Type.Object(start, {
  ...strict,
  description: "Without start, one of the model's own start states, chosen by the seed",
})
export type ResetSession = Static<typeof ResetSession>

const InSteps = Type.Optional({
  ...Policy,
  description:
    'The policy of the model acts for these agents, on what they observe in the session (decoded, as it learned): what a ' +
    'rollout with a policy does, to be repeated with the same policy',
})

export const StepSession = Type.Object(
  {
    actions: Type.Optional({
      ...JointAction,
      description:
        `${JOINT_ACTION}. With policy only of the other agents: in [N, A] what stands for those that it acts for does not ` +
        'matter. May be left out when it acts for all',
    }),
    policy: InSteps,
    step_id: Type.Optional(StepId),
    deadline_ms: Type.Optional(Deadline),
  },
  strict,
)
export type StepSession = Static<typeof StepSession>

export const StepMany = Type.Object(
  {
    session_ids: Type.Array(SessionId, { minItems: 1, maxItems: 4096, description: 'M different sessions' }),
    actions: Type.Optional(
      numbers(
        ['M', 'N', 'A'],
        'one joint action for each session. What stands for agents that a policy acts for does not matter; may be left out ' +
          'when it acts for all',
      ),
    ),
    policy: InSteps,
    step_ids: Type.Optional(Type.Array(StepId, { description: 'M entries. Default: the next of each' })),
    deadline_ms: Type.Optional(Deadline),
  },
  strict,
)
export type StepMany = Static<typeof StepMany>

export const ForkSession = Type.Object(
  {
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 256, default: 1, description: 'children' })),
    seeds: Type.Optional(
      Type.Array(Seed, {
        minItems: 1,
        maxItems: 256,
        description:
          'one for each child, from here on. Default: children go on with the random stream of their parent, so that ' +
          'what differs between them is what their actions did',
      }),
    ),
  },
  strict,
)
export type ForkSession = Static<typeof ForkSession>

export const RestoreSession = Type.Object(
  {
    snapshot: Type.String({
      maxLength: 262_144,
      description: 'as snapshot gave it, here or on another server',
    }),
  },
  strict,
)
export type RestoreSession = Static<typeof RestoreSession>

const byAgent = (description: string, dimensions = ['O']) =>
  Type.Record(Type.String(), numbers(dimensions, description))

/** Where a session stands. */
export const SessionState = Type.Object(
  {
    session_id: SessionId,
    model: ModelUsed,
    ...Chosen,
    seed: Seed,
    agents: Type.Array(Type.String()),
    autoreset: Type.Enum(AUTORESET_MODES),
    max_episode_steps: nullable(Type.Integer()),
    committed_step_id: Type.Integer({
      description: 'steps committed since it was created; resets do not count',
    }),
    episode: Type.Integer({ description: 'resets so far' }),
    episode_step: Type.Integer({ description: 'steps since the last reset' }),
    state: numbers(['S'], 'environment units'),
    observations: byAgent('of this agent'),
    terminated: Type.Boolean(),
    truncated: Type.Boolean(),
    ood: Novelty,
    clipped_actions: Type.Optional({
      ...ClippedActions,
      description: 'of a given start, with create and reset',
    }),
    idle_timeout_seconds: Type.Number({ description: 'it is closed after so long without a request' }),
    expires_at: Type.String({ format: 'date-time', description: 'when, if none comes' }),
  },
  strict,
)
export type SessionState = Static<typeof SessionState>

const Final = Type.Object(
  {
    state: numbers(['S'], 'the last of the episode'),
    observations: byAgent('the last of the episode'),
    ood: Novelty,
  },
  strict,
)

export const StepReply = Type.Object(
  {
    session_id: SessionId,
    step_id: Type.Integer(),
    committed_step_id: Type.Integer(),
    episode_step: Type.Integer({ description: 'steps since the last reset' }),
    state: numbers(['S'], 'environment units'),
    observations: byAgent('of this agent'),
    reward: Type.Number({ description: 'of the team' }),
    termination_probability: Type.Number({ description: 'what terminated was drawn from' }),
    terminated: Type.Boolean(),
    truncated: Type.Boolean(),
    ood: Novelty,
    clipped_actions: ClippedActions,
    actions: Type.Optional(
      byAgent('taken, where a policy has acted: not in a step that only shows the next start', ['A']),
    ),
    final: Type.Optional({ ...Final, description: 'with same_step, when the episode ended' }),
    timing: Timing,
  },
  strict,
)
export type StepReply = Static<typeof StepReply>

export const StepManyReply = Type.Object(
  {
    session_ids: Type.Array(SessionId),
    step_ids: Type.Array(Type.Integer(), { description: '[M]' }),
    committed_step_ids: Type.Array(Type.Integer(), { description: '[M]' }),
    states: numbers(['M', 'S'], 'environment units; a row that failed is zero'),
    observations: byAgent('of this agent', ['M', 'O']),
    rewards: numbers(['M'], 'of each team'),
    termination_probabilities: numbers(['M'], 'what terminations were drawn from'),
    terminations: Type.Array(Type.Boolean(), { description: '[M]' }),
    truncations: Type.Array(Type.Boolean(), { description: '[M]' }),
    ood: novelties(['M']),
    clipped_actions: Type.Array(ClippedActions, { description: '[M]' }),
    actions: Type.Optional(byAgent('taken, with a policy; zero where it has not acted', ['M', 'A'])),
    finals: Type.Array(nullable(Final), { description: '[M] with same_step, where an episode ended' }),
    errors: Type.Array(
      Type.Object(
        {
          index: Type.Integer({ description: 'row' }),
          session_id: SessionId,
          code: Type.String(),
          detail: Type.String(),
        },
        strict,
      ),
      { description: 'rows that failed and changed nothing; the others are committed' },
    ),
    timing: Timing,
  },
  strict,
)
export type StepManyReply = Static<typeof StepManyReply>

export const Snapshot = Type.Object(
  {
    session_id: SessionId,
    committed_step_id: Type.Integer(),
    digest: Type.String({ description: 'of the model it needs' }),
    snapshot: Type.String({ description: 'opaque; some kilobytes; not secret, not signed' }),
  },
  strict,
)
export type Snapshot = Static<typeof Snapshot>

export const Forked = Type.Object({ sessions: Type.Array(SessionState) }, strict)
export type Forked = Static<typeof Forked>

export const Closed = Type.Object({ session_id: SessionId, committed_step_id: Type.Integer() }, strict)
export type Closed = Static<typeof Closed>
