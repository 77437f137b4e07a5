// The contract of a world model: what a kind of world must be able to do, so that everything else can serve, batch,
// snapshot, evaluate, export and learn in it without knowing which kind it is. A kind is a folder beside this file and a
// row in kinds.ts. B rows, H steps, L context states, N agents, A action, S state, O observation, C carried numbers.
import type { TProperties } from 'typebox'
import type { ComposedGraph } from '../engine/compose.ts'
import type { DevicePolicy } from '../engine/device.ts'
import type { GraphSession } from '../engine/session.ts'
import type { BundleKind, BundleKinds } from '../registry/kind.ts'
import type { Manifest } from '../registry/manifest.ts'
import type { Score } from '../registry/scores.ts'
import type { Leanings, SeenBatch } from './acting.ts'
import type { LiveBatch, LiveResults } from './live.ts'
import type { Player } from './player.ts'
import type { Rollout, Trajectories } from './rollout.ts'
import type { Begun, Starts, StartWindow } from './starts.ts'

export interface WorldKind extends BundleKind {
  readonly choices: Choices
  /** For people who read a model's card. */
  readonly about: {
    /** begins a sentence: `A ... world model` */
    title: string
    /** Markdown: what the choices mean */
    choices: string
    /** what graph `policy` takes; default: what the agents observe, [B, N, O] */
    policy?: string
  }
  /** Of a main process: what its sessions carry. No engine, no waiting. */
  memories(spec: WorldSpec): Memories
  /**
   * Graphs that are made of a bundle's where fewer calls are faster, by names that no graph of a bundle has. They are opened
   * beside the others, and the simulator has them too; it must do without those that are undefined.
   * @param graphs by the names of the manifest
   */
  composed?(spec: WorldSpec, graphs: GraphBytes, policy: DevicePolicy): Promise<Composed>
  /**
   * Who acts by a bundle's policy in a true environment, of a kind whose policies see something else than observations.
   * @param graphs by the names of the manifest
   */
  player?(spec: WorldSpec, graphs: GraphBytes): Promise<Player>
  /** Of an executor: the graphs at work. @param graphs those of the bundle, opened, which stay the caller's */
  simulator(spec: WorldSpec, graphs: Graphs): Simulator
}

/** The kinds that a program serves. `url` is of a module that exports them as KINDS, for processes that it starts. */
export interface Kinds extends BundleKinds {
  readonly table: Readonly<Record<string, WorldKind>>
  readonly url: string
}

/** By their names in the manifest; the policy may be missing. */
export type GraphBytes = Readonly<Record<string, Uint8Array | undefined>>

export type Composed = Readonly<Record<string, ComposedGraph | undefined>>

/** Opened graphs by their names in the manifest, and those that were composed of them. */
export type Graphs = Readonly<Record<string, GraphSession>>

/** What a world is made of besides its graphs. A manifest has all of it, and the kind's own fields too. */
export type WorldSpec = Pick<Manifest, (typeof SPEC_FIELDS)[number]>

const SPEC_FIELDS = [
  'kind',
  'agents',
  'action',
  'state',
  'observation',
  'horizon',
  'context',
  'normalisation',
  'terminates',
] as const satisfies (keyof Manifest)[]

/** That part of a manifest, which crosses to another process. */
export function specOf(manifest: Manifest, { fields }: BundleKind): WorldSpec {
  const given = [...SPEC_FIELDS, ...Object.keys(fields)].map((field) => [field, manifest[field as 'kind']])
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as unknown as WorldSpec
}

/** L context states, N agents, A action of an agent, S state, O observation of an agent. */
export const lettersOf = ({ agents, action, state, observation, context }: WorldSpec) => ({
  L: context,
  N: agents.length,
  A: action.dimension,
  S: state.length,
  O: observation.length,
})

/**
 * What a request may choose of how a next state is imagined. A choice is plain data, the kind's own, that crosses
 * processes as it is; equal choices have equal JSON.
 */
export interface Choices<Choice = unknown> {
  /** Names and schemas of the fields of a request. */
  readonly fields: TProperties
  /** @param request those of its fields that were given. Throws DimaError naming one. */
  choose(request: Readonly<Record<string, unknown>>, seed: number, spec: WorldSpec): Choice
  /** In the words of `fields`, for replies. */
  describe(choice: Choice, spec: WorldSpec): Record<string, unknown>
  /** A word for metrics and tables, of few. */
  label(choice: Choice): string
  /** In the words of `GET /v1/models/{name}`: what there is to choose, in this model. */
  facts(manifest: Manifest): Record<string, unknown>
  /** What is chosen unless a request asks, and with it one choice of each sort, to prove and to compare. */
  every(spec: WorldSpec): [Choice, ...Choice[]]
  /** Those that a model is scored by, with what a step costs by count. */
  scored(spec: WorldSpec): Scored<Choice>[]
}

/** A choice as scores in a manifest name it. */
export interface Scored<Choice = unknown>
  extends Pick<Score, 'plan' | 'order' | 'evaluations' | 'embeddings'> {
  choice: Choice
}

/**
 * What a session carries between two steps, and how. Only the kind looks inside; nothing that was made is ever changed,
 * so sessions share memories.
 */
export interface Memories<Memory = unknown, Turn = unknown, Choice = unknown> {
  /** @param carried [C] what the simulator made of the start */
  begin(start: StartWindow, carried: Float32Array): Memory
  /** A memory and the joint action to take, [N, A]: all that an executor needs for the step. */
  take(memory: Memory, action: Float32Array): Turn
  /** @param carried [C] what the simulator's step gave */
  follow(turn: Turn, carried: Float32Array): Memory
  /** Turns of different sessions, at different steps, side by side. */
  gather(turns: readonly Turn[]): Columns
  bytes(memory: Memory): number
  /**
   * What a rollout can begin from to go on as the session would. The last state is filled in by whoever asks; a kind that
   * remembers more than states and actions gives it as `carried`. A kind without it can't be planned from in a session.
   */
  window?(memory: Memory): StartWindow
  /**
   * The fields of a snapshot that are the kind's: names that no other field of a snapshot has. A snapshot has room for
   * some 190,000 bytes and 2,000 fields and list items in all.
   */
  readonly fields: TProperties
  /** Those fields: plain data, typed arrays for what is large. */
  pack(memory: Memory, choice: Choice): Record<string, unknown>
  /**
   * @param fields as the schema says, of a stranger; arrays are bytes (snapshot-fields.ts)
   * @param step steps since the start of the episode
   * Throws DimaError `invalid_snapshot` naming a field.
   */
  unpack(fields: Readonly<Record<string, unknown>>, step: number): { memory: Memory; choice: Choice }
}

/** Typed arrays by names of the kind's own. */
export type Columns = Readonly<Record<string, Float32Array | Float64Array | Uint32Array | Int32Array>>

/**
 * All rows of a call are computed side by side and do not influence each other. Calls come while others are under way: a
 * rollout, a batch of steps and a canary share the graphs, which give way to each other between two runs.
 */
export interface Simulator {
  /** DimaError `no_policy` when the rollout asks for a policy and the model has none. */
  rollout(rollout: Rollout): Promise<Trajectories>
  /**
   * What is observed in starts, and what sessions that begin there carry: a function of the start and the choice alone. What
   * is drawn at the start, of a posterior say, is drawn with the first step's noise from what `carried` says of it.
   */
  begin(starts: Starts, choice: unknown): Promise<Begun>
  /** Gives what a rollout of the same actions gives. */
  step(batch: LiveBatch): Promise<LiveResults>
  /**
   * What the bundle's policy would do in each row: what a rollout's loop draws its actions from. DimaError `no_policy` where
   * the bundle has none; a kind without policies leaves it out.
   */
  act?(batch: SeenBatch): Promise<Leanings>
  /** The same in states [M, S] of which nothing else is known; a kind whose policies need more than a state leaves it out. */
  lean?(states: Float64Array): Promise<Leanings>
  /** Team rewards [B, H] of a kind that judges several steps together; without it each is judged by itself. */
  rewards?(taken: Taken): Promise<Float32Array>
}

/** Actions taken in states that are known, up to the model's horizon. */
export interface Taken {
  batch: number
  horizon: number
  /** [B, H, S] environment units, those before the actions */
  states: Float64Array
  /** [B, H, N, A] */
  actions: Float32Array
}
