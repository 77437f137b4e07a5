// POST /v1/rollout on the wire. Letters: B rows (trajectories), H steps, l <= L start states, N agents, A numbers of
// an action, S numbers of a state, O numbers of an observation. Everything is in the environment's own units.
import Type, { type Static, type TSchema } from 'typebox'

const strict = { additionalProperties: false }

/** Nested arrays of numbers, as deep as the list of dimensions. */
const numbers = (dimensions: string[], description: string, item: TSchema = Type.Number()): TSchema =>
  dimensions.reduceRight<TSchema>(
    (inner, _, depth) =>
      Type.Array(inner, depth === 0 ? { description: `[${dimensions.join(', ')}] ${description}` } : {}),
    item,
  )

export const PLAN_NAMES = ['sequential', 'joint', 'progressive'] as const
export const ORDER_NAMES = ['descending', 'ascending', 'random'] as const
export const OUTPUTS = [
  'states',
  'observations',
  'rewards',
  'terminations',
  'termination_probabilities',
] as const
export type Output = (typeof OUTPUTS)[number]

export const Start = Type.Object(
  {
    states: numbers(
      ['l', 'S'],
      'latest states of the environment, oldest first, 1 <= l <= context of the model',
    ),
    actions: Type.Optional(
      numbers(['l-1', 'N', 'A'], 'joint actions taken between those states; may be left out when l = 1'),
    ),
  },
  { ...strict, description: 'Where a trajectory starts' },
)

export const RolloutRequest = Type.Object(
  {
    model: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'name, name@version or name@label; may be left out when one model is served',
      }),
    ),
    starts: Type.Array(Start, {
      minItems: 1,
      description: 'One per row of actions, or a single one that every row starts from',
    }),
    actions: numbers(['B', 'H', 'N', 'A'], 'joint actions to imagine; agents in the order of the model'),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4294967295,
        description:
          'The same model, request and seed give the same trajectories. Default: drawn, and returned',
      }),
    ),
    plan: Type.Optional(
      Type.Enum(PLAN_NAMES, {
        description: "How a next state is sampled. Default: the model's default_plan",
      }),
    ),
    order: Type.Optional(
      Type.Union(
        [Type.Enum(ORDER_NAMES), Type.Array(Type.Union([Type.String(), Type.Integer({ minimum: 0 })]))],
        {
          description:
            'Order in which agents are shown to the sampler: by index, or a list of agent names or indices (0..N-1). ' +
            'progressive: a permutation. sequential: N or K entries, every agent equally often. Not with joint. ' +
            'Default: descending',
        },
      ),
    ),
    outputs: Type.Optional(
      Type.Array(Type.Enum(OUTPUTS), {
        minItems: 1,
        maxItems: OUTPUTS.length,
        description: 'Which arrays to return; lengths always are. Default: all',
      }),
    ),
  },
  strict,
)
export type RolloutRequest = Static<typeof RolloutRequest>

const milliseconds = (description: string) => Type.Number({ description: `milliseconds ${description}` })

export const RolloutResponse = Type.Object(
  {
    model: Type.Object(
      { name: Type.String(), version: Type.String(), digest: Type.String() },
      { ...strict, description: 'What was used; the digest names its whole content' },
    ),
    seed: Type.Integer({ description: 'Send it to get these trajectories again' }),
    plan: Type.Enum(PLAN_NAMES),
    order: Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: 'agents in the order in which they were shown; null for joint',
    }),
    agents: Type.Array(Type.String()),
    states: Type.Optional(numbers(['B', 'H', 'S'], 'entry t is the state after action t')),
    observations: Type.Optional(
      Type.Record(Type.String(), numbers(['B', 'H', 'O'], 'of this agent, after action t')),
    ),
    rewards: Type.Optional(numbers(['B', 'H'], 'team reward of action t')),
    terminations: Type.Optional(
      numbers(['B', 'H'], 'whether the episode ended with action t', Type.Boolean()),
    ),
    termination_probabilities: Type.Optional(numbers(['B', 'H'], 'what terminations were sampled from')),
    lengths: numbers(['B'], 'steps up to and including the first end; H without one', Type.Integer()),
    timing: Type.Object(
      {
        queue_ms: milliseconds('waited for an executor'),
        compute_ms: milliseconds('spent in the executor'),
        total_ms: milliseconds('from the request to the start of writing the reply'),
      },
      strict,
    ),
  },
  strict,
)
