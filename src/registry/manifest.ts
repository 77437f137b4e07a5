// The model bundle's manifest: everything a server needs to serve a world model and a person needs to judge it. What is
// here is common to all kinds of world models; each kind adds fields of its own (kind.ts).
// One folder `models/<name>/<version>/` holds manifest.json and exactly the files it lists.
import Type, { type Static, type TSchema } from 'typebox'
import { MOST } from './limits.ts'

export const FORMAT_VERSION = 3
/** The format before it had one kind of world model and did not name it; the rest is the same. */
export const OLDER_FORMAT = 2

const strict = { additionalProperties: false }
const object = <P extends Record<string, TSchema>>(properties: P, description?: string) =>
  Type.Object(properties, { ...strict, ...(description ? { description } : {}) })
const list = <S extends TSchema>(item: S, maxItems: number) => Type.Array(item, { minItems: 1, maxItems })
const few = <S extends TSchema>(item: S) => Type.Array(item, { maxItems: MOST.steps })
const Text = (description?: string) =>
  Type.String({ maxLength: MOST.text, ...(description ? { description } : {}) })
const Name = Type.String({ maxLength: MOST.name })
const Count = (description?: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, ...(description ? { description } : {}) })

/** A file of the bundle: no folders, no dot files, so it can't leave the version folder. */
const File = object({
  file: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$', maxLength: MOST.name }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  size: Type.Integer({ minimum: 1, maximum: MOST.graphBytes, description: 'bytes' }),
})
export type BundleFile = Static<typeof File>

/** Of rows, and of places of a cache that grows. */
const FREE_SIZES = ['batch', 'positions'] as const

const Signature = object({
  name: Name,
  dtype: Type.Literal('float32'),
  shape: Type.Array(Type.Union([Type.Integer({ minimum: 0, maximum: MOST.width }), Type.Enum(FREE_SIZES)]), {
    maxItems: MOST.axes,
  }),
})

const Graph = object({
  ...File.properties,
  inputs: list(Signature, MOST.tensors),
  outputs: list(Signature, MOST.tensors),
})
export type BundleGraph = Static<typeof Graph>

const GraphName = Type.String({ pattern: '^[a-z][A-Za-z0-9]{0,30}$' })

/** The file of a graph: `rewardStep` is in reward-step.onnx. */
export const graphFile = (graph: string): string =>
  `${graph.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.onnx`

/** A named number with its unit, for example one entry of the state vector. */
const Entry = object({ name: Name, unit: Name })

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

const Distilled = object(
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

const Agent = object({
  name: Name,
  actuators: list(Name, MOST.actions), // entries of its action; the rest up to action.dimension is padding
  choices: Type.Optional(
    list(
      Type.Integer({
        minimum: 1,
        maximum: MOST.actions,
        description: 'options of each choice among the last entries of its action: one-hot',
      }),
      MOST.actions,
    ),
  ),
  bounds: Type.Optional(
    object(
      { low: list(Type.Number(), MOST.actions), high: list(Type.Number(), MOST.actions) },
      "of the numbers of its action in the environment's units, where low and high of action stand for them",
    ),
  ),
  observed: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MOST.entries,
      description: 'entries of an observation that are its own, the first ones; absent: all',
    }),
  ),
})
export type AgentFacts = Static<typeof Agent>

export const Manifest = object({
  formatVersion: Type.Literal(FORMAT_VERSION),
  kind: Name, // of world model
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
  version: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }),
  createdAt: Name,
  environment: Text(),
  agents: list(Agent, MOST.agents),
  action: object({
    dimension: Type.Integer({ minimum: 1, maximum: MOST.actions }),
    low: Type.Number(),
    high: Type.Number(),
    unit: Name,
  }),
  state: list(Entry, MOST.entries),
  observation: list(Entry, MOST.entries),
  reward: Text('what the team reward is made of'),
  horizon: Type.Integer({ minimum: 1, maximum: MOST.steps, description: 'H, steps' }),
  context: Type.Integer({ minimum: 1, maximum: MOST.context, description: 'L, states of the start window' }),
  terminates: Type.Optional(
    Type.Boolean({
      description: 'false: no episode of its data ended but by a time limit, so none ends here',
    }),
  ),
  normalisation: object({
    mean: list(Type.Number(), MOST.entries),
    std: list(Type.Number(), MOST.entries),
    least: Type.Optional(
      Type.Number({ minimum: 0, description: 'of std: entries that varied less have it' }),
    ),
  }),
  graphs: Type.Record(GraphName, Graph, {
    maxProperties: MOST.graphs,
    description: 'those of the kind, and policy where the bundle has one',
  }),
  documents: Type.Array(File, {
    maxItems: MOST.documents,
    description:
      'README.md (card.md in older bundles), examples.json, starts.json, body.json, error.svg, learning.svg',
  }),
  preset: Name,
  hyperparameters: Type.Record(Type.String(), Type.Unknown()),
  training: object({
    algorithm: Type.Optional(Text('dima: with a policy; world-model: without')),
    command: Text(),
    commit: Name,
    data: Text(),
    environmentSteps: Count(),
    updates: Type.Record(Type.String(), Count()),
    seed: Count(),
    seconds: Type.Number(),
  }),
  scores: Scores,
  value: Type.Optional(
    object(
      {
        discount: Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'of a reward one step later' }),
      },
      'The graph value: what a state is worth to the policy',
    ),
  ),
  distilled: Type.Optional(Distilled),
  engine: object({ opset: Count(), irVersion: Count(), onnxruntime: Name }),
  licence: Text(),
})
export type Manifest = Static<typeof Manifest>

/** Where a trajectory starts: 1 to L states, oldest first, and the joint actions between them. */
const Start = object({
  states: Type.Array(Type.Array(Type.Number())), // [l, S]
  actions: Type.Array(Type.Array(Type.Array(Type.Number()))), // [l-1, N, A]
})
export type Start = Static<typeof Start>

/** Starts of episodes as the environment's own reset gives them, for sessions that name none. */
export const Starts = object({ starts: list(Start, MOST.starts) })
export type Starts = Static<typeof Starts>

/** A few real start windows and action sequences, so that a newcomer can call the server at once. */
export const Examples = Type.Array(
  object({
    title: Type.String(),
    starts: list(Start, MOST.starts),
    actions: Type.Array(Type.Array(Type.Array(Type.Array(Type.Number())))), // [B, H, N, A]
    trueStates: Type.Array(Type.Array(Type.Array(Type.Number()))), // [B, H, S]
    trueRewards: Type.Array(Type.Array(Type.Number())), // [B, H]
  }),
)
export type Examples = Static<typeof Examples>
