// How good a version is, as its manifest says it: what `npm run evaluate` and a distillation measured.
import Type, { type Static } from 'typebox'
import { Count, few, GraphName, object, Text } from './fields.ts'
import { MOST } from './limits.ts'

const Score = object(
  {
    plan: Text('by what options of its kind the model imagined'),
    order: Text(),
    evaluations: Count('runs of its largest graph per imagined step'),
    embeddings: Count('action embeddings per imagined step'),
    millisecondsPerStep: Type.Number({ description: 'per imagined joint step, one thread, batch 64' }),
    oneStepStateL1: Type.Number({ description: 'normalised units, mean over entries' }),
    cumulativeStateL1: Type.Array(Type.Number(), { maxItems: MOST.steps, description: 'by step 1..H' }),
    medianCumulativeStateL1: Type.Array(Type.Number(), {
      maxItems: MOST.steps,
      description: 'the same of the median segment: rare segments outside the training data move the mean',
    }),
    cumulativeObservationL1: Type.Array(Type.Number(), {
      maxItems: MOST.steps,
      description: 'by step 1..H, mean over agents',
    }),
  },
  'Imagination error with one choice of options on held-out episodes',
)
export type Score = Static<typeof Score>

const Returns = object(
  {
    episodes: Type.Integer({ minimum: 1 }),
    mean: Type.Number(),
    std: Type.Number({ description: 'over episodes' }),
    min: Type.Number(),
    max: Type.Number(),
    success: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'share of the episodes in which the task was done, of tasks that can be done',
      }),
    ),
  },
  'Undiscounted return of the team over whole episodes of the environment',
)

const PolicyScores = object(
  {
    meanActions: Returns,
    sampledActions: Returns,
    imaginedReward: Type.Number({
      description: 'mean reward of a step, H steps in closed loop with sampled actions',
    }),
    realReward: Type.Number({ description: 'what the environment gave from the same start windows' }),
    rewardRelativeError: Type.Number({
      description:
        'their difference in units of the real one, or of its standard deviation if that is larger',
    }),
  },
  'How good the policy is, in the environment and in the model',
)
export type PolicyScores = Static<typeof PolicyScores>

/** int8: matrices as whole numbers with a scale a column, all else float16 */
export const WEIGHT_TYPES = ['int8', 'float16', 'float32'] as const
export type WeightType = (typeof WEIGHT_TYPES)[number]

export const Scores = object({
  episodes: Count(),
  segments: Count(),
  seed: Count(),
  /** what the world model's weights were rounded to before they were scored; absent: nothing */
  weights: Type.Optional(Type.Enum(WEIGHT_TYPES)),
  plans: Type.Array(Score, { maxItems: MOST.scores }),
  persistence: object({
    oneStepStateL1: Type.Number(),
    cumulativeStateL1: few(Type.Number()),
    cumulativeObservationL1: few(Type.Number()),
  }),
  decoderFloor: object({
    observationL1: Type.Number({ description: 'observations of true states, mean over entries' }),
    cumulativeObservationL1: few(Type.Number()),
  }),
  rewardL1: Type.Number({ description: 'mean absolute error of the reward on true states' }),
  rewardSmoothL1: Type.Number(),
  policy: Type.Optional(PolicyScores),
})
export type Scores = Static<typeof Scores>

const Pair = Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: 'own network, distilled' })

export const Distilled = object(
  {
    graph: GraphName,
    fitError: Type.Number({ description: "root mean square, in units of the answers' deviation" }),
    segments: Count('held-out, on which both imagined'),
    plans: Type.Array(
      object({
        plan: Text(),
        oneStepStateL1: Pair,
        cumulativeStateL1: { ...Pair, description: 'over the horizon' },
      }),
      { maxItems: MOST.scores },
    ),
  },
  'A graph whose network was replaced at export by a smaller one that learned to give the same',
)
export type Distillation = Static<typeof Distilled>
