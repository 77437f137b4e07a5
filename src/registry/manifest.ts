// The model bundle's manifest: everything a server needs to serve a world model and a person needs to judge it.
// One folder `models/<name>/<version>/` holds manifest.json and exactly the files it lists.
import Type, { type Static, type TSchema } from 'typebox'

export const FORMAT_VERSION = 2

const strict = { additionalProperties: false }
const object = <P extends Record<string, TSchema>>(properties: P, description?: string) =>
  Type.Object(properties, { ...strict, ...(description ? { description } : {}) })
const list = <S extends TSchema>(item: S) => Type.Array(item, { minItems: 1 })

/** A file of the bundle: no folders, no dot files, so it can't leave the version folder. */
const File = object({
  file: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$' }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  size: Type.Integer({ minimum: 1, description: 'bytes' }),
})
export type BundleFile = Static<typeof File>

const Signature = object({
  name: Type.String(),
  dtype: Type.Literal('float32'),
  shape: Type.Array(Type.Union([Type.Integer(), Type.Literal('batch')])),
})

const Graph = object({ ...File.properties, inputs: list(Signature), outputs: list(Signature) })
export type BundleGraph = Static<typeof Graph>

/** The file of a graph: `rewardStep` is in reward-step.onnx. */
export const graphFile = (graph: string): string =>
  `${graph.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.onnx`

/** A named number with its unit, for example one entry of the state vector. */
const Entry = object({ name: Type.String(), unit: Type.String() })

export const PLANS = ['sequential', 'joint', 'progressive'] as const
export const Plan = Type.Enum(PLANS)
export type PlanName = (typeof PLANS)[number]

const Sampling = object(
  {
    sigmaData: Type.Number({ description: 'standard deviation of x = sigmaData * normalised state' }),
    sigmaMin: Type.Number(),
    sigmaMax: Type.Number(),
    rho: Type.Number({ description: 'Karras schedule exponent' }),
    sequentialSteps: Type.Integer({ minimum: 1, description: 'K: 2N if N <= 2 else N' }),
    jointSteps: Type.Integer({ minimum: 1 }),
    defaultPlan: Plan,
  },
  'How a next state is sampled (EDM, dima.md 2.8 and 7.6)',
)

const Score = object(
  {
    plan: Type.String(),
    order: Type.String(),
    evaluations: Type.Integer({ description: 'denoiser evaluations per imagined step' }),
    embeddings: Type.Integer({ description: 'action embeddings per imagined step' }),
    millisecondsPerStep: Type.Number({ description: 'per imagined joint step, one thread, batch 64' }),
    oneStepStateL1: Type.Number({ description: 'normalised units, mean over entries' }),
    cumulativeStateL1: Type.Array(Type.Number(), { description: 'by step 1..H' }),
    medianCumulativeStateL1: Type.Array(Type.Number(), {
      description: 'the same of the median segment: rare segments outside the training data move the mean',
    }),
    cumulativeObservationL1: Type.Array(Type.Number(), { description: 'by step 1..H, mean over agents' }),
  },
  'Imagination error of one sampling plan on held-out episodes',
)
export type Score = Static<typeof Score>

const Returns = object(
  {
    episodes: Type.Integer({ minimum: 1 }),
    mean: Type.Number(),
    std: Type.Number({ description: 'over episodes' }),
    min: Type.Number(),
    max: Type.Number(),
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

export const WEIGHT_TYPES = ['float16', 'float32'] as const
export type WeightType = (typeof WEIGHT_TYPES)[number]

export const Scores = object({
  episodes: Type.Integer(),
  segments: Type.Integer(),
  seed: Type.Integer(),
  /** what the world model's weights were rounded to before they were scored; absent: nothing */
  weights: Type.Optional(Type.Enum(WEIGHT_TYPES)),
  plans: Type.Array(Score),
  persistence: object({
    oneStepStateL1: Type.Number(),
    cumulativeStateL1: Type.Array(Type.Number()),
    cumulativeObservationL1: Type.Array(Type.Number()),
  }),
  decoderFloor: object({
    observationL1: Type.Number({ description: 'decoding true states, mean over entries' }),
    cumulativeObservationL1: Type.Array(Type.Number()),
  }),
  rewardL1: Type.Number({ description: 'mean absolute error of the reward on true states' }),
  rewardSmoothL1: Type.Number(),
  policy: Type.Optional(PolicyScores),
})
export type Scores = Static<typeof Scores>

export const Manifest = object({
  formatVersion: Type.Literal(FORMAT_VERSION),
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
  version: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }),
  createdAt: Type.String(),
  environment: Type.String(),
  agents: list(object({ name: Type.String(), actuators: list(Type.String()) })),
  action: object({
    dimension: Type.Integer({ minimum: 1 }),
    low: Type.Number(),
    high: Type.Number(),
    unit: Type.String(),
  }),
  state: list(Entry),
  observation: list(Entry),
  reward: Type.String({ description: 'what the team reward is made of' }),
  horizon: Type.Integer({ minimum: 1, description: 'H, steps' }),
  context: Type.Integer({ minimum: 1, description: 'L, states of the start window' }),
  sampling: Sampling,
  normalisation: object({ mean: list(Type.Number()), std: list(Type.Number()) }),
  graphs: object({
    embed: Graph,
    denoise: Graph,
    decode: Graph,
    reward: Graph,
    rewardStep: Graph,
    policy: Type.Optional(Graph), // observations [B, N, O] -> mean, std [B, N, A] of the actions
  }),
  documents: Type.Array(File, {
    description: 'card.md, examples.json, starts.json, error.svg, learning.svg',
  }),
  preset: Type.String(),
  hyperparameters: Type.Record(Type.String(), Type.Unknown()),
  training: object({
    algorithm: Type.Optional(Type.String({ description: 'dima: with a policy; world-model: without' })),
    command: Type.String(),
    commit: Type.String(),
    data: Type.String(),
    environmentSteps: Type.Integer(),
    updates: Type.Record(Type.String(), Type.Integer()),
    seed: Type.Integer(),
    seconds: Type.Number(),
  }),
  scores: Scores,
  engine: object({ opset: Type.Integer(), irVersion: Type.Integer(), onnxruntime: Type.String() }),
  licence: Type.String(),
})
export type Manifest = Static<typeof Manifest>

/** Where a trajectory starts: 1 to L states, oldest first, and the joint actions between them. */
const Start = object({
  states: Type.Array(Type.Array(Type.Number())), // [l, S]
  actions: Type.Array(Type.Array(Type.Array(Type.Number()))), // [l-1, N, A]
})
export type Start = Static<typeof Start>

/** Starts of episodes as the environment's own reset gives them, for sessions that name none. */
export const Starts = object({ starts: list(Start) })
export type Starts = Static<typeof Starts>

/** A few real start windows and action sequences, so that a newcomer can call the server at once. */
export const Examples = Type.Array(
  object({
    title: Type.String(),
    starts: list(Start),
    actions: Type.Array(Type.Array(Type.Array(Type.Array(Type.Number())))), // [B, H, N, A]
    trueStates: Type.Array(Type.Array(Type.Array(Type.Number()))), // [B, H, S]
    trueRewards: Type.Array(Type.Array(Type.Number())), // [B, H]
  }),
)
export type Examples = Static<typeof Examples>
