// The proof of a bundle: everything that callers may ask of it, once, in a process that nobody needs. What passes has
// computed finite numbers of the right shapes with every plan, for one row and for several.
import { DimaError } from '../../common/errors.ts'
import { type Bundle, type GraphName, readGraph } from '../../registry/load.ts'
import { PLANS, type PlanName } from '../../registry/manifest.ts'
import type { LiveBatch } from '../../worlds/dima/serve/live-batch.ts'
import { LiveStepper } from '../../worlds/dima/serve/live-step.ts'
import { expandOrder } from '../../worlds/dima/serve/plan.ts'
import { Simulator } from '../../worlds/dima/serve/simulator.ts'
import { type Graphs, lettersOf, type SimulatorSpec } from '../../worlds/dima/serve/spec.ts'
import type { PlanRequest, Rollout } from '../../worlds/rollout.ts'
import { openChecked } from './checked-session.ts'
import { checkGraphOperators } from './graph-operators.ts'

/** A batch of one is a special case to many a graph, and so is an even one. */
const ROWS = [1, 3]

/** @param doing told of what comes next, which may never end. Throws DimaError `invalid_bundle`. */
export async function proveModel(bundle: Bundle, doing: (what: string) => void): Promise<void> {
  const { manifest: spec } = bundle
  const graphs = await openGraphs(bundle, doing)
  const simulator = new Simulator(spec, graphs)
  const stepper = new LiveStepper(spec, graphs)
  for (const rows of ROWS) {
    for (const name of PLANS) {
      const plan = planOf(name, spec)
      checkAll(`a rollout with plan ${name}`, await simulator.rollout(rolloutOf(spec, rows, plan)))
      checkAll(`a live step with plan ${name}`, await stepper.step(batchOf(spec, rows), plan))
    }
    if (graphs.policy) {
      const policy = { agents: spec.agents.map(() => true), mode: 'sample' as const, learning: true }
      const closed = { ...rolloutOf(spec, rows, planOf('joint', spec)), policy }
      checkAll('a rollout of the policy', await simulator.rollout(closed))
    }
  }
  await simulator.close()
}

async function openGraphs(bundle: Bundle, doing: (what: string) => void): Promise<Graphs> {
  const opened: Partial<Graphs> = {}
  for (const [name, listed] of Object.entries(bundle.manifest.graphs) as [
    GraphName,
    typeof bundle.manifest.graphs.embed,
  ][]) {
    const bytes = (await readGraph(bundle, name))!
    checkGraphOperators(listed.file, bytes)
    opened[name] = await openChecked(name, bytes, listed, doing)
  }
  return opened as Graphs
}

function planOf(name: PlanName, { agents, sampling }: SimulatorSpec): PlanRequest {
  const order = agents.map((_, i) => agents.length - 1 - i)
  if (name === 'joint') return { name, order: [] }
  return { name, order: name === 'sequential' ? expandOrder(order, sampling.sequentialSteps) : order }
}

/** Rows near the mean state, each another. */
function rolloutOf(spec: SimulatorSpec, rows: number, plan: PlanRequest): Rollout {
  const { L, N, A, S } = lettersOf(spec)
  const { mean, std } = spec.normalisation
  const horizon = Math.min(2, spec.horizon)
  return {
    batch: rows,
    horizon,
    states: Float64Array.from({ length: rows * L * S }, (_, i) => mean[i % S]! + wave(i) * std[i % S]!),
    windows: Int32Array.from({ length: rows }, (_, row) => 1 + (row % L)),
    pastActions: new Float32Array(rows * (L - 1) * N * A),
    actions: actionsOf(spec, rows * horizon),
    seed: 1,
    plan,
  }
}

/** Of rows whose reward windows have different lengths. */
function batchOf(spec: SimulatorSpec, rows: number): LiveBatch {
  const { L, N, A, S } = lettersOf(spec)
  const lengths = Uint32Array.from({ length: rows }, (_, row) => 1 + (row % Math.min(2, spec.horizon)))
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const numbers = (length: number) => Float32Array.from({ length }, (_, i) => wave(i) / 2)
  return {
    ids: Float64Array.from(lengths, (_, row) => row + 1),
    seeds: new Uint32Array(rows).fill(1),
    keys: Uint32Array.from(lengths, (_, row) => row),
    steps: new Uint32Array(rows),
    windows: numbers(rows * L * S),
    actions: actionsOf(spec, rows * L),
    lengths,
    rewardStates: numbers(total * S),
    rewardActions: new Float32Array(total * N * A),
  }
}

/** Within their bounds. */
function actionsOf({ agents, action }: SimulatorSpec, steps: number): Float32Array {
  const [middle, half] = [(action.low + action.high) / 2, (action.high - action.low) / 2]
  const length = steps * agents.length * action.dimension
  return Float32Array.from({ length }, (_, i) => middle + half * wave(i))
}

/** Numbers in [-1, 1] without a pattern. */
const wave = (i: number): number => Math.sin(1 + 12.9898 * i)

function checkAll(what: string, results: object): void {
  for (const [name, values] of Object.entries(results)) {
    if (ArrayBuffer.isView(values)) {
      const numbers = values as Float64Array
      if (!numbers.every(Number.isFinite))
        throw new DimaError('invalid_bundle', `${what}: ${name} not finite`)
      if (name === 'terminationProbabilities' && numbers.some((p) => p < 0 || p > 1))
        throw new DimaError('invalid_bundle', `${what}: a termination probability is not within 0 and 1`)
    } else if (typeof values === 'object' && values !== null) checkAll(what, values)
  }
}
