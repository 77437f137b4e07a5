// World models for the tests: fake sessions that record what they are asked, and real graphs of the debug preset.
import '@tensorflow/tfjs-backend-cpu'
import { Rng } from '../../src/common/rng.ts'
import { type NamedTensors, tensor } from '../../src/common/tensors.ts'
import type { GraphSession, GraphSessionOptions } from '../../src/engine/session.ts'
import { withWeightType } from '../../src/evaluation/weight-type.ts'
import type { WeightType } from '../../src/registry/scores.ts'
import { dima } from '../../src/worlds/dima/serve/kind.ts'
import type { DimaSpec, PerGraph } from '../../src/worlds/dima/serve/manifest.ts'
import { GRAPH_NAMES } from '../../src/worlds/dima/serve/manifest.ts'
import type { PlanRequest } from '../../src/worlds/dima/serve/plan.ts'
import { DimaSimulator } from '../../src/worlds/dima/serve/simulator.ts'
import { asDimaGraphs, type DimaGraphs } from '../../src/worlds/dima/serve/spec.ts'
import { servingGraphs } from '../../src/worlds/dima/train/serving-graphs.ts'
import { openComposed } from '../../src/worlds/open-simulator.ts'
import type { Rollout } from '../../src/worlds/rollout.ts'
import { compiled as compiledGraph, debug, dims, randomModel } from '../worlds/dima/random-model.ts'

export const SAMPLING: DimaSpec['sampling'] = {
  sigmaData: 0.5,
  sigmaMin: 0.002,
  sigmaMax: 5,
  rho: 7,
  sequentialSteps: 4,
  jointSteps: 2,
  defaultPlan: 'joint',
}

const entries = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `x${i}`, unit: '1' }))

const names = (n: number) => Array.from({ length: n }, (_, i) => `joint${i}`)

/** Sizes small enough to write expected arrays by hand. */
export function specOf({ S = 2, N = 2, A = 1, O = 3, H = 4, L = 3, steps = 4 } = {}): DimaSpec {
  return {
    kind: 'dima',
    agents: Array.from({ length: N }, (_, i) => ({ name: `agent${i}`, actuators: names(A) })),
    action: { dimension: A, low: -1, high: 1, unit: '1' },
    state: entries(S),
    observation: entries(O),
    horizon: H,
    context: L,
    sampling: { ...SAMPLING, sequentialSteps: steps },
    normalisation: { mean: Array(S).fill(0), std: Array(S).fill(1) },
  }
}

export interface Call {
  graph: keyof PerGraph<unknown>
  /** Copies: the simulator may write its buffers again. */
  inputs: NamedTensors
}

type Compute = (inputs: NamedTensors) => NamedTensors

/**
 * A simulator on plain functions instead of graphs, and every call they get. Left out, a graph answers zeros; there are
 * perceive and policy only when they are given.
 */
export function fakeSimulator(spec: DimaSpec, given: Partial<PerGraph<Compute>> = {}) {
  const calls: Call[] = []
  const { agents, observation, horizon } = spec
  const zeros: PerGraph<Compute> = {
    // The embedding is the mask's current slot, so that a denoiser call shows which agents it sees.
    embed: ({ mask }) => ({ embedding: lastSlot(mask!.data, spec) }),
    denoise: ({ noisy }) => ({ denoised: tensor([...noisy!.shape]) }),
    decode: ({ states }) => ({
      observations: tensor([states!.shape[0]!, agents.length, observation.length]),
    }),
    reward: ({ states }) => ({
      rewards: tensor([states!.shape[0]!, horizon]),
      termination_probabilities: tensor([states!.shape[0]!, horizon]),
    }),
    rewardStep: ({ keys }) => {
      const [count = 0, blocks = 0, , width = 0] = keys!.shape
      return {
        reward: tensor([count]),
        termination_probability: tensor([count]),
        new_keys: tensor([count, blocks, 2, width]),
        new_values: tensor([count, blocks, 2, width]),
      }
    },
  }
  const session = (graph: Call['graph']): GraphSession => ({
    run: async (inputs) => {
      for (const { data, shape } of Object.values(inputs)) tensor(shape, data) // throws when they disagree
      const copied = Object.entries(inputs).map(([name, { data, shape }]) => [
        name,
        tensor(shape, data.slice()),
      ])
      calls.push({ graph, inputs: Object.fromEntries(copied) })
      return (given[graph] ?? zeros[graph])!(inputs)
    },
    inputShape: (name) => inputShape(spec, name),
    release: async () => {},
  })
  const optional = (['perceive', 'policy'] as const).filter((name) => given[name])
  const names: Call['graph'][] = [...GRAPH_NAMES, ...optional]
  const graphs = Object.fromEntries(names.map((name) => [name, session(name)])) as DimaGraphs
  const callsOf = (graph: Call['graph']) =>
    calls.filter((call) => call.graph === graph).map(({ inputs }) => inputs)
  return { simulator: new DimaSimulator(spec, graphs), calls, callsOf }
}

/** Of the reward model's step, which has one block of width 2. */
function inputShape({ agents, action, state, horizon }: DimaSpec, name: string): number[] {
  const cache = [0, 1, 2 * (horizon - 1), 2]
  const shapes: Record<string, number[]> = {
    state: [0, state.length],
    action: [0, agents.length, action.dimension],
    position: [0, horizon],
    keys: cache,
    values: cache,
  }
  return shapes[name] ?? []
}

function lastSlot(mask: Float32Array, { context, agents }: DimaSpec) {
  const width = context * agents.length
  const rows = mask.length / width
  const last = Array.from({ length: rows }, (_, row) => [
    ...mask.subarray((row + 1) * width - agents.length, (row + 1) * width),
  ])
  return tensor([rows, agents.length], Float32Array.from(last.flat()))
}

export interface RolloutOptions {
  batch?: number
  horizon?: number
  seed?: number
  plan?: PlanRequest
  /** numbers that differ from row to row: rows of the same key are equal */
  keys?: number[]
  /** of each row */
  samples?: number[]
  policy?: Rollout['policy']
}

/** Random starts and actions; row r is a function of keys[r] alone, and a longer horizon begins like a shorter. */
export function rolloutOf(spec: DimaSpec, options: RolloutOptions = {}): Rollout {
  const { batch = 1, horizon = spec.horizon, seed = 1, plan = { name: 'joint', order: [] } } = options
  const keys = options.keys ?? Array.from({ length: batch }, (_, row) => row)
  const joint = spec.agents.length * spec.action.dimension
  const draw = (what: string, width: number, scale: number) =>
    keys.flatMap((key) => [...new Rng(what, key).normals(width)].map((x) => scale * x))
  return {
    batch: keys.length,
    horizon,
    states: Float64Array.from(draw('state', spec.context * spec.state.length, 1)),
    windows: new Int32Array(keys.length).fill(spec.context),
    pastActions: Float32Array.from(draw('past', (spec.context - 1) * joint, 0.4)),
    actions: Float32Array.from(draw('action', horizon * joint, 0.4)),
    seed,
    choice: plan,
    ...(options.samples ? { samples: Int32Array.from(options.samples) } : {}),
    ...(options.policy ? { policy: options.policy } : {}),
  }
}

export interface TinyModel {
  spec: DimaSpec
  graphs: PerGraph<Uint8Array>
}

interface TinyOptions {
  policy?: boolean
  perceives?: boolean
  /** what its weights are rounded to, if to anything */
  weightType?: WeightType
}

/** The model of random weights as the graphs of a bundle. */
export function tinyModel(options: TinyOptions = {}): TinyModel {
  const { weightType = 'float32' } = options
  const { networks, weights } = withWeightType(randomModel(debug, options), weightType)
  const form = options.perceives ? 'standardised' : undefined
  const graphs = servingGraphs(networks, dims, debug.denoiser.conditioning, form)
  const compiled = Object.entries(graphs).map(([name, graph]) => [
    name,
    compiledGraph(name, graph, networks, weights),
  ])
  const { state: S, observation: O, agents: N, action: A, horizon: H, context: L } = dims
  return {
    spec: { ...specOf({ S, O, N, A, H, L }), ...(form ? { perceives: true } : {}) },
    graphs: Object.fromEntries(compiled) as PerGraph<Uint8Array>,
  }
}

export type OpenTiny = DimaSimulator & { close(): Promise<void> }

export async function openTiny(
  { spec, graphs: bytes }: TinyModel,
  options?: GraphSessionOptions,
): Promise<OpenTiny> {
  const graphs = await openComposed(dima, spec, { ...bytes }, options)
  const close = async () => {
    for (const session of Object.values(graphs)) await session.release()
  }
  return Object.assign(new DimaSimulator(spec, asDimaGraphs(graphs)), { close })
}
