// The model bundle's manifest: everything a server needs to serve a world model and a person needs to judge it. What is
// here is common to all kinds of world models; each kind adds fields of its own (kind.ts).
// One folder `models/<name>/<version>/` holds manifest.json and exactly the files it lists.
import Type, { type Static } from 'typebox'
import { Count, GraphName, list, Name, object, Text } from './fields.ts'
import { MOST } from './limits.ts'
import { Distilled, Scores } from './scores.ts'

export const FORMAT_VERSION = 3
/** The format before it had one kind of world model and did not name it; the rest is the same. */
export const OLDER_FORMAT = 2

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

/** The file of a graph: `rewardStep` is in reward-step.onnx. */
export const graphFile = (graph: string): string =>
  `${graph.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.onnx`

/** A named number with its unit, for example one entry of the state vector. */
const Entry = object({ name: Name, unit: Name })

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
