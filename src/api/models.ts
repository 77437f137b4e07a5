// GET /v1/models and GET /v1/models/{name} on the wire.
import Type, { type Static, type TSchema } from 'typebox'
import { OBSERVATION_NAMES, PLAN_NAMES } from './choice.ts'
import { Start } from './rollout.ts'

const strict = { additionalProperties: false }
const numbers = (depth: number): TSchema => (depth === 0 ? Type.Number() : Type.Array(numbers(depth - 1)))
const nullable = (schema: TSchema) => Type.Union([schema, Type.Null()])

const Version = Type.Object(
  { version: Type.String(), digest: Type.String(), labels: Type.Array(Type.String()) },
  strict,
)

export const ModelSummary = Type.Object(
  {
    name: Type.String(),
    environment: Type.String(),
    agents: Type.Array(Type.String()),
    horizon: Type.Integer({ description: 'largest H, steps' }),
    versions: Type.Array(Version, { description: 'lowest first' }),
  },
  strict,
)
export type ModelSummary = Static<typeof ModelSummary>

export const ModelList = Type.Object({ models: Type.Array(ModelSummary) }, strict)
export type ModelList = Static<typeof ModelList>

/** POST /v1/admin/reload */
export const Reloaded = Type.Object(
  {
    ...ModelList.properties,
    refused: Type.Object(
      {
        count: Type.Integer(),
        references: Type.Array(Type.String(), { description: 'name/version or name@label; the log has why' }),
      },
      strict,
    ),
  },
  strict,
)
export type Reloaded = Static<typeof Reloaded>

const Entries = Type.Array(Type.Object({ name: Type.String(), unit: Type.String() }, strict))

const Spaces = Type.Object(
  {
    action: Type.Object(
      {
        dimension: Type.Integer({ description: 'A' }),
        low: Type.Number(),
        high: Type.Number(),
        unit: Type.String(),
      },
      { ...strict, description: 'of each agent; what is asked for outside is clipped, or refused' },
    ),
    state: { ...Entries, description: 'S entries' },
    observation: { ...Entries, description: 'O entries, of each agent' },
  },
  strict,
)

const Agent = Type.Object(
  {
    name: Type.String(),
    actuators: Type.Array(Type.String(), {
      description: 'entries of its action; up to A the rest is padding, which is 0',
    }),
    choices: Type.Optional(
      Type.Array(Type.Integer(), {
        description:
          'options of each choice among the last entries of its action: of each one is 1, the others 0',
      }),
    ),
    bounds: Type.Optional(
      Type.Object(
        { low: Type.Array(Type.Number()), high: Type.Array(Type.Number()) },
        {
          ...strict,
          description:
            "of the numbers of its action in the environment's units: what low and high of spaces.action stand for",
        },
      ),
    ),
    observed: Type.Optional(
      Type.Integer({
        description: 'entries of an observation that are its own, the first ones. Absent: all O',
      }),
    ),
  },
  strict,
)

const PlanCost = Type.Object(
  {
    name: Type.Enum(PLAN_NAMES),
    evaluations: nullable(
      Type.Integer({ description: 'denoiser evaluations per imagined step, null if unmeasured' }),
    ),
    embeddings: nullable(Type.Integer({ description: 'action embeddings per imagined step' })),
    milliseconds_per_step: nullable(
      Type.Number({ description: 'per imagined joint step, one thread, batch 64' }),
    ),
  },
  strict,
)

const Example = Type.Object(
  {
    title: Type.String(),
    starts: Type.Array(Start),
    actions: numbers(4),
    true_states: numbers(3),
    true_rewards: numbers(2),
  },
  {
    ...strict,
    description: 'starts and actions can be sent as they are; true_* is what the environment did',
  },
)

const Training = Type.Object(
  {
    preset: Type.String(),
    commit: Type.String(),
    environment_steps: Type.Integer(),
    seed: Type.Integer(),
    seconds: Type.Number(),
  },
  strict,
)

export const ModelDetail = Type.Object(
  {
    name: Type.String(),
    version: Type.String(),
    digest: Type.String({ description: 'sha256 of the manifest, which has the sha256 of every file' }),
    labels: Type.Array(Type.String()),
    versions: Type.Array(Version),
    environment: Type.String(),
    created_at: Type.String(),
    agents: Type.Array(Agent),
    spaces: Spaces,
    reward: Type.String({ description: 'what the team reward is made of' }),
    horizon: Type.Integer({ description: 'largest H, steps' }),
    context: Type.Integer({ description: 'L, most states a start can have' }),
    kind: Type.String({ description: 'of world model' }),
    options: Type.Record(Type.String(), Type.Unknown(), {
      description: 'what a request may choose, by name: JSON Schemas',
    }),
    plans: Type.Optional(Type.Array(PlanCost)),
    default_plan: Type.Optional(Type.Enum(PLAN_NAMES)),
    sequential_steps: Type.Optional(
      Type.Integer({ description: 'K, entries of a full order for sequential' }),
    ),
    observations: Type.Optional(
      Type.Array(Type.Enum(OBSERVATION_NAMES), {
        description: 'how agents may be shown what they observe, by default first',
      }),
    ),
    scores: Type.Record(Type.String(), Type.Unknown(), {
      description: 'imagination error on held-out episodes',
    }),
    training: Training,
    policy: Type.Boolean({ description: 'whether it brings a policy, for closed-loop rollouts' }),
    value: Type.Boolean({ description: 'whether it knows what states are worth to its policy, for plans' }),
    body: {
      ...nullable(Type.Record(Type.String(), Type.Unknown())),
      description:
        'what is drawn of the robot: bodies, joints and capsules, and which entries of a state move them; null where the model has none',
    },
    state_deviations: Type.Array(Type.Number(), {
      description:
        '[S] standard deviations of the state in the training data: what errors of states are told in',
    }),
    terminates: Type.Boolean({
      description: 'false: no episode ends, since none of its data did but by a time limit',
    }),
    start_states: Type.Integer({ description: 'starts it brings for sessions that name none' }),
    device: Type.String({ description: 'that this server imagines on: cpu, cuda, webgpu' }),
    limits: Type.Object(
      {
        batch: Type.Integer({ description: 'most rows of a rollout' }),
        stream_horizon: Type.Integer({ description: 'most steps of a streamed rollout' }),
      },
      { ...strict, description: 'of this server' },
    ),
    licence: Type.String(),
    pictures: Type.Array(Type.String(), {
      description: 'of the card, SVG: GET /v1/models/{name}/pictures/{picture}',
    }),
    card: nullable(Type.String({ description: 'the model card, Markdown' })),
    examples: Type.Array(Example),
  },
  strict,
)
export type ModelDetail = Static<typeof ModelDetail>
