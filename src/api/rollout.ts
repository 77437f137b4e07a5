// POST /v1/rollout on the wire. Letters: B rows (trajectories), H steps, l <= L start states, N agents, A numbers of
// an action, S numbers of a state, O numbers of an observation. Everything is in the environment's own units.
import Type, { type Static } from 'typebox'
import { Choice, Chosen } from './choice.ts'
import { Policy } from './policy.ts'
import {
  ClippedActions,
  Deadline,
  ModelReference,
  ModelUsed,
  novelties,
  numbers,
  Seed,
  strict,
  Timing,
} from './shapes.ts'

export const OUTPUTS = [
  'states',
  'observations',
  'rewards',
  'terminations',
  'termination_probabilities',
  'actions',
  'ood',
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
    model: Type.Optional(ModelReference),
    starts: Type.Array(Start, {
      minItems: 1,
      description: 'One per row of actions, or a single one that every row starts from',
    }),
    actions: Type.Optional(
      numbers(
        ['B', 'H', 'N', 'A'],
        'joint actions to imagine; agents in the order of the model. May be left out when the policy acts for all',
      ),
    ),
    policy: Type.Optional(Policy),
    horizon: Type.Optional(
      Type.Integer({ minimum: 1, description: 'H, when there are no actions to tell it' }),
    ),
    samples: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 64,
        description:
          'n futures of each row, which differ in the noise alone; sample 0 is what a request without samples gives. ' +
          'Arrays then have B * n rows, those of a row together, and the reply has spread. B * n counts as the batch',
      }),
    ),
    quantiles: Type.Optional(
      Type.Array(Type.Number({ minimum: 0, maximum: 1 }), {
        minItems: 1,
        maxItems: 9,
        description: 'levels in spread, with samples. Default: [0.1, 0.5, 0.9]',
      }),
    ),
    seed: Type.Optional({
      ...Seed,
      description:
        'The same model, request and seed give the same trajectories. Default: drawn, and returned',
    }),
    deadline_ms: Type.Optional(Deadline),
    ...Choice,
    outputs: Type.Optional(
      Type.Array(Type.Enum(OUTPUTS), {
        minItems: 1,
        maxItems: OUTPUTS.length,
        description:
          'Which arrays to return; lengths always are. Default: all, but actions only with a policy',
      }),
    ),
  },
  strict,
)
export type RolloutRequest = Static<typeof RolloutRequest>

/** Mean and quantiles over the n samples of each row; Q levels. */
const Spread = Type.Object(
  {
    samples: Type.Integer({ description: 'n' }),
    quantile_levels: Type.Array(Type.Number(), { description: '[Q]' }),
    states: Type.Object(
      { mean: numbers(['B', 'H', 'S'], ''), quantiles: numbers(['Q', 'B', 'H', 'S'], '') },
      strict,
    ),
    rewards: Type.Object({ mean: numbers(['B', 'H'], ''), quantiles: numbers(['Q', 'B', 'H'], '') }, strict),
    termination_rates: numbers(['B', 'H'], 'share of samples that have ended by this step'),
    disagreement: numbers(
      ['B', 'H'],
      "standard deviation over the samples, in the model's standard deviations of the state, mean over its entries",
    ),
  },
  { ...strict, description: 'Over the samples of each row; with samples only' },
)

export const RolloutResponse = Type.Object(
  {
    model: ModelUsed,
    seed: Type.Integer({ description: 'Send it to get these trajectories again' }),
    ...Chosen,
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
    actions: Type.Optional(numbers(['B', 'H', 'N', 'A'], 'taken, inside their space')),
    ood: Type.Optional(novelties(['B', 'H'])),
    clipped_actions: ClippedActions,
    spread: Type.Optional(Spread),
    timing: Timing,
  },
  strict,
)
export type RolloutResponse = Static<typeof RolloutResponse>

/** One line of POST /v1/rollout/stream (NDJSON), or one event of the socket: what the model imagined at step t. */
export const StreamedStep = Type.Object(
  {
    type: Type.Literal('step'),
    t: Type.Integer({ description: 'from 0' }),
    states: numbers(['B', 'S'], 'after action t'),
    observations: Type.Record(Type.String(), numbers(['B', 'O'], 'of this agent')),
    rewards: numbers(['B'], 'team reward of action t'),
    terminations: Type.Array(Type.Boolean(), { description: '[B]' }),
    termination_probabilities: numbers(['B'], ''),
    ood: novelties(['B']),
    actions: Type.Optional(numbers(['B', 'N', 'A'], 'taken, with a policy')),
  },
  strict,
)
export type StreamedStep = Static<typeof StreamedStep>

export const StreamedStart = Type.Object(
  {
    type: Type.Literal('start'),
    model: ModelUsed,
    seed: Type.Integer(),
    ...Chosen,
    agents: Type.Array(Type.String()),
    rows: Type.Integer({ description: 'B' }),
    horizon: Type.Integer({ description: 'H' }),
    clipped_actions: ClippedActions,
  },
  strict,
)
export type StreamedStart = Static<typeof StreamedStart>

export const StreamedEnd = Type.Object(
  {
    type: Type.Literal('end'),
    lengths: Type.Array(Type.Integer(), { description: '[B] steps up to and including the first end' }),
    timing: Timing,
  },
  strict,
)
export type StreamedEnd = Static<typeof StreamedEnd>
