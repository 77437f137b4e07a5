// The proof of a bundle: everything that callers may ask of it, once, in a process that nobody needs. What passes has
// computed finite numbers of the right shapes with every sort of choice, for one row and for several.
import { type GraphSession, type GraphSessionOptions, policyOf } from '../../engine/session.ts'
import { type Bundle, readGraphs } from '../../registry/load.ts'
import { kindOf } from '../../worlds/kind-of.ts'
import { gatherRows, type LiveRow } from '../../worlds/live.ts'
import type { Rollout } from '../../worlds/rollout.ts'
import { padded, type StartWindow } from '../../worlds/starts.ts'
import {
  type Graphs,
  type Kinds,
  lettersOf,
  type Memories,
  type Simulator,
  type WorldKind,
  type WorldSpec,
} from '../../worlds/world.ts'
import { checkResults } from './check-results.ts'
import { openChecked } from './checked-session.ts'
import { checkGraphOperators } from './graph-operators.ts'

/** A batch of one is a special case to many a graph, and so is an even one. */
const ROWS = [1, 3]

/** @param doing told of what comes next, which may never end. Throws DimaError `invalid_bundle`. */
export async function proveModel(
  bundle: Bundle,
  kinds: Kinds,
  doing: (what: string) => void,
  session: GraphSessionOptions = {},
): Promise<void> {
  const { manifest: spec } = bundle
  const kind = kindOf(kinds, spec)
  const graphs = await openGraphs(bundle, kind, doing, session)
  const simulator = kind.simulator(spec, graphs)
  const memories = kind.memories(spec)
  const [byDefault, ...others] = kind.choices.every(spec)
  for (const rows of ROWS) {
    for (const choice of [byDefault, ...others]) {
      const named = `with ${kind.choices.label(choice)}`
      const rollout = rolloutOf(spec, rows, choice)
      checkResults(`a rollout ${named}`, await simulator.rollout(rollout), spec, rows, rollout.horizon)
      await proveSteps(`a live step ${named}`, { spec, simulator, memories }, rows, choice)
    }
    if (graphs.policy) {
      const policy = { agents: spec.agents.map(() => true), mode: 'sample' as const, learning: true }
      const closed = { ...rolloutOf(spec, rows, byDefault), policy }
      checkResults('a rollout of the policy', await simulator.rollout(closed), spec, rows, closed.horizon)
      await proveActing({ spec, simulator, memories }, rows, byDefault)
    }
  }
  for (const session of Object.values(graphs)) await session.release()
}

async function openGraphs(
  bundle: Bundle,
  kind: WorldKind,
  doing: (what: string) => void,
  session: GraphSessionOptions,
): Promise<Graphs> {
  const opened: Record<string, GraphSession> = {}
  const read = await readGraphs(bundle)
  for (const [name, listed] of Object.entries(bundle.manifest.graphs)) {
    checkGraphOperators(listed.file, read[name]!)
    opened[name] = await openChecked(name, read[name]!, listed, doing, session)
  }
  const composed = (await kind.composed?.(bundle.manifest, read, policyOf(session))) ?? {}
  for (const [name, graph] of Object.entries(composed))
    if (graph) opened[name] = await openChecked(graph.of, graph.bytes, graph, doing, session)
  return opened
}

/** Two live steps of each row, of which the second finds rows at different steps. */
async function proveSteps(what: string, world: Proven, count: number, choice: unknown): Promise<void> {
  const { simulator, memories, spec } = world
  const windows = Array.from({ length: count }, (_, row) => windowAt(spec, row))
  const begun = await simulator.begin(padded(spec, windows), choice)
  checkResults('a start', begun, spec, count)
  const before = windows.map((window, row) => ({
    memory: memories.begin(window, rowOf(begun.carried, count, row)),
    step: 0,
  }))
  const rows = rowsOf(world, before)
  const results = await simulator.step(gatherRows(memories, choice, rows))
  checkResults(what, results, spec, count)
  const after = before.map((place, row) => {
    if (row % 2 === 0) return place
    return { memory: memories.follow(rows[row]!.turn, rowOf(results.carried, count, row)), step: 1 }
  })
  const again = await simulator.step(gatherRows(memories, choice, rowsOf(world, after)))
  checkResults(what, again, spec, count)
}

/** The policy on observations of a caller's own, and in sessions. */
async function proveActing(
  { spec, simulator, memories }: Proven,
  count: number,
  choice: unknown,
): Promise<void> {
  const windows = Array.from({ length: count }, (_, row) => windowAt(spec, row))
  const { observations, carried } = await simulator.begin(padded(spec, windows), choice)
  const { N, A } = lettersOf(spec)
  const turns = windows.map((window, row) =>
    memories.take(memories.begin(window, rowOf(carried, count, row)), new Float32Array(N * A)),
  )
  const zeros = new Uint32Array(count)
  const draws = { seeds: zeros, keys: zeros, steps: zeros }
  for (const batch of [{ observations }, { observations, turns: memories.gather(turns), draws }]) {
    const leanings = await simulator.act?.(batch)
    if (leanings) checkResults('the policy', leanings, spec, count)
  }
}

interface Proven {
  spec: WorldSpec
  simulator: Simulator
  memories: Memories
}

function rowsOf({ spec, memories }: Proven, places: { memory: unknown; step: number }[]): LiveRow[] {
  const actions = actionsOf(spec, places.length)
  return places.map(({ memory, step }, row) => {
    const turn = memories.take(memory, rowOf(actions, places.length, row))
    return { id: row + 1, seed: 1, key: row, step, turn }
  })
}

function rowOf(values: Float32Array, count: number, row: number): Float32Array {
  const width = values.length / count
  return values.slice(row * width, (row + 1) * width)
}

/** Near the mean state, each another and of another length. */
function windowAt(spec: WorldSpec, row: number): StartWindow {
  const { L, N, A, S } = lettersOf(spec)
  const { mean, std } = spec.normalisation
  const length = 1 + (row % L)
  return {
    states: Float64Array.from({ length: length * S }, (_, i) => mean[i % S]! + wave(row + i) * std[i % S]!),
    actions: new Float32Array((length - 1) * N * A),
  }
}

function rolloutOf(spec: WorldSpec, rows: number, choice: unknown): Rollout {
  const horizon = Math.min(2, spec.horizon)
  const starts = padded(
    spec,
    Array.from({ length: rows }, (_, row) => windowAt(spec, row)),
  )
  return { ...starts, horizon, actions: actionsOf(spec, rows * horizon), seed: 1, choice }
}

/** Within their bounds. */
function actionsOf({ agents, action }: WorldSpec, steps: number): Float32Array {
  const [middle, half] = [(action.low + action.high) / 2, (action.high - action.low) / 2]
  const length = steps * agents.length * action.dimension
  return Float32Array.from({ length }, (_, i) => middle + half * wave(i))
}

/** Numbers in [-1, 1] without a pattern. */
const wave = (i: number): number => Math.sin(1 + 12.9898 * i)
