// A policy that acts step by step: in live sessions, in streams, on observations of a caller's own. A rollout with a policy
// in its loop takes the same actions. M rows, N agents, A action, O observation.
import { drawAction } from '../common/action-draw.ts'
import { type ActionLayout, groupsOf, layoutOf } from '../common/action-layout.ts'
import { DimaError } from '../common/errors.ts'
import { Streams } from '../common/streams.ts'
import type { LiveBatch, LiveRow } from './live.ts'
import { type Columns, lettersOf, type Memories, type WorldSpec } from './world.ts'

/** For whom a policy acts, and how. */
export interface Acting {
  /** [N] the others take given actions */
  agents: boolean[]
  /** drawn, or the mean */
  mode: 'sample' | 'mean'
}

/** What a policy is to act on. */
export interface Seen {
  /** [N, O] what the agents were shown */
  observations: Float32Array
  /** Memories.take of a session: a kind whose policies learned on other observations than callers see makes theirs of it */
  turn?: unknown
  /** of that session: what is drawn at a start is the same for its policy and its first step */
  draws?: Pick<LiveRow, 'seed' | 'key' | 'step'>
}

export interface SeenBatch {
  /** [M, N, O] */
  observations: Float32Array
  /** of all rows, or of none */
  turns?: Columns
  /** with turns */
  draws?: Pick<LiveBatch, 'seeds' | 'keys' | 'steps'>
}

/** What actions are drawn from: independent Gaussians. */
export interface Leanings {
  /** [M, N, A] */
  mean: Float32Array
  /** [M, N, A] */
  std: Float32Array
  computeMs: number
}

export const noPolicy = (): DimaError =>
  new DimaError('no_policy', 'the model has no policy', { field: 'policy' })

/** @param memories of the rows' kind, where they have turns */
export function gatherSeen(rows: readonly Seen[], memories: Memories): SeenBatch {
  const width = rows[0]!.observations.length
  const observations = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    observations.set(row.observations, i * width)
  })
  if (rows[0]!.turn === undefined) return { observations }
  const drawn = (part: 'seed' | 'key' | 'step') => Uint32Array.from(rows, ({ draws }) => draws?.[part] ?? 0)
  return {
    observations,
    turns: memories.gather(rows.map(({ turn }) => turn)),
    draws: { seeds: drawn('seed'), keys: drawn('key'), steps: drawn('step') },
  }
}

/** The numbers of one row, in memory of its own. */
export function leaningsOf({ mean, std, computeMs }: Leanings, row: number, rows: number): Leanings {
  const width = mean.length / rows
  const cut = (values: Float32Array) => values.slice(row * width, (row + 1) * width)
  return { mean: cut(mean), std: cut(std), computeMs }
}

/**
 * The joint action [N, A] of one row: the policy's for the agents that it acts for, the given one for the others. What is
 * drawn is a function of seed, key and step, whichever agents act.
 * @param given [N, A]
 */
export function takenActions(
  spec: WorldSpec,
  { agents, mode }: Acting,
  { mean, std }: Pick<Leanings, 'mean' | 'std'>,
  { seed, key, step }: Pick<LiveRow, 'seed' | 'key' | 'step'>,
  given: Float32Array,
): Float32Array {
  const { N, A } = lettersOf(spec)
  const noise = mode === 'sample' ? new Streams([seed], [key], [step]).normals(N * A, ['policy']) : undefined
  const taken = given.slice()
  for (let agent = 0; agent < N; agent++) {
    if (!agents[agent]) continue
    const from = agent * A
    taken.fill(0, from, from + A)
    const layout = layoutOfAgent(spec, agent)
    drawAction(layout, { mean, std }, { from, to: from, noise: (i) => noise?.[from + i] ?? 0 }, taken)
    for (let i = 0; i < layout.box; i++) taken[from + i] = inSpace(spec, agent, i, taken[from + i]!)
  }
  return taken
}

/** An action of an agent that is as little as can be: zeros, and the first option of every choice. */
export function writeRest(spec: WorldSpec, agent: number, actions: Float32Array, start: number): void {
  const { A } = lettersOf(spec)
  for (let i = 0; i < A; i++) actions[start + i] = inSpace(spec, agent, i, 0)
  for (const { from, to } of groupsOf(layoutOfAgent(spec, agent))) {
    actions.fill(0, start + from, start + to)
    actions[start + from] = 1
  }
}

/** What the entries of an agent's action are. */
export const layoutOfAgent = ({ agents }: Pick<WorldSpec, 'agents'>, agent: number): ActionLayout =>
  layoutOf(agents[agent]!.actuators.length, agents[agent]!.choices)

/** An entry of an agent's action inside its space; 0 where the agent has no actuator for it. */
export function inSpace({ agents, action }: WorldSpec, agent: number, entry: number, value: number): number {
  if (entry >= agents[agent]!.actuators.length) return 0
  return Math.min(action.high, Math.max(action.low, value))
}
