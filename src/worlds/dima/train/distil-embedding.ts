// Distils the action encoder: a small network learns to give its embeddings.
import * as tf from '@tensorflow/tfjs-core'
import { Rng } from '../../../common/rng.ts'
import { mean } from '../../../common/statistics.ts'
import { rows, type Tensor, tensor } from '../../../common/tensors.ts'
import type { Device } from '../../../engine/device.ts'
import { type GraphSession, openGraphSession, policyOf } from '../../../engine/session.ts'
import { compileServing, type ServingGraph } from '../../../graph/serving-graph.ts'
import { createEngine } from '../../../learning/engines/engine.ts'
import { fitNetwork } from '../../../learning/fit.ts'
import type { Objective } from '../../../learning/objectives.ts'
import {
  createDistilledEncoder,
  type DistilledEncoder,
  type DistilledSizes,
} from '../networks/distilled-encoder.ts'
import { type ActionWindows, drawActionWindows, type WindowSource } from './embedding-windows.ts'

export interface DistilOptions {
  updates: number
  seed: number
  device: Device
  /** @param done share of what is going on, 0..1 */
  onProgress(what: string, done: number): void
}

export interface DistilledEmbedding {
  encoder: DistilledEncoder
  weights: Map<string, Float32Array>
  /** in place of the encoder's; its network is `embedding` */
  graph: ServingGraph
  /** root mean square on windows that it did not learn from, in units of the embedding's deviation */
  error: number
}

/** The encoder as it is served. */
export interface Taught {
  graph: ServingGraph
  bytes: Uint8Array
}

/** Where windows come from that it learns from, and that its error is measured on. */
export interface WindowSources {
  learned: WindowSource
  heldOut: WindowSource
}

/** A window is asked of the encoder once, and seen BATCH / WINDOWS_PER_UPDATE times. */
const WINDOWS_PER_UPDATE = 4
const BATCH = 256
const HELD_OUT = 2048
const RATES = { learningRate: 2e-3, warmup: 100, weightDecay: 0, clipNorm: 1 }

/** The same for the same seed, sources and device. */
export async function distilEmbedding(
  { graph, bytes }: Taught,
  { learned, heldOut }: WindowSources,
  sizes: DistilledSizes,
  options: DistilOptions,
): Promise<DistilledEmbedding> {
  const { seed, device, updates, onProgress } = options
  const draw = (from: WindowSource, count: number, purpose: string) =>
    drawActionWindows(from, count, new Rng(seed, 'distil', purpose))
  const windows = draw(learned, Math.max(BATCH, WINDOWS_PER_UPDATE * updates), 'windows')
  const held = draw(heldOut, HELD_OUT, 'held out')
  const session = await openGraphSession(bytes, { device })
  const answers = await embedAll(session, windows, (done) => onProgress('embeds windows', done))
  const expected = await embedAll(session, held)
  await session.release()
  const [unit, width] = [unitOf(answers), answers.shape[1]!]
  const encoder = createDistilledEncoder(learned.dims, sizes, width)
  const fitted = await fitNetwork(
    objectiveOf(encoder, learned, width),
    { ...windows, targets: scaled(answers, unit) },
    { ...RATES, updates, seed, onUpdate: (update) => onProgress('fits', update / updates) },
    await createEngine('onnx', { device }),
  )
  const made = { encoder, weights: inUnits(encoder, fitted, unit), graph: graphOf(graph, encoder) }
  return { ...made, error: (await distanceOf(made, held, expected, device)) / unit.deviation }
}

const graphOf = (graph: ServingGraph, { embedActions }: DistilledEncoder): ServingGraph => ({
  ...graph,
  network: 'embedding',
  build: (weights, { actions, mask }) => ({ embedding: embedActions(weights, actions!, mask!) }),
})

/** Root mean square over rows and entries. */
async function distanceOf(
  { encoder, weights, graph }: Omit<DistilledEmbedding, 'error'>,
  windows: ActionWindows,
  expected: Tensor,
  device: Device,
): Promise<number> {
  const bytes = compileServing('embed', graph, encoder.parameters, weights)
  const session = await openGraphSession(bytes, { device })
  const { data } = await embedAll(session, windows)
  await session.release()
  return Math.sqrt(mean(Array.from(data, (value, i) => (value - expected.data[i]!) ** 2)))
}

function objectiveOf(encoder: DistilledEncoder, { dims }: WindowSource, width: number): Objective {
  const { context: L, agents: N, action: A } = dims
  return {
    name: 'embedding',
    parameters: encoder.parameters,
    inputs: [
      { name: 'actions', shape: [BATCH, L, N, A] },
      { name: 'mask', shape: [BATCH, L, N] },
      { name: 'targets', shape: [BATCH, width] },
    ],
    loss: (weights, { actions, mask, targets }) => ({
      loss: tf.mean(tf.squaredDifference(encoder.embedActions(weights, actions!, mask!), targets!)),
      metrics: {},
    }),
  }
}

/** [R, E], as many rows a call as suit the device. */
async function embedAll(
  session: GraphSession,
  { actions, mask }: ActionWindows,
  onProgress: (done: number) => void = () => {},
): Promise<Tensor> {
  const count = actions.shape[0]!
  const { embedRows } = session.policy ?? policyOf()
  let all = tensor([0])
  for (let from = 0; from < count; from += embedRows) {
    const to = Math.min(count, from + embedRows)
    const feeds = { actions: rows(actions, from, to), mask: rows(mask, from, to) }
    const { embedding } = await session.run(feeds)
    if (from === 0) all = tensor([count, ...embedding!.shape.slice(1)])
    all.data.set(embedding!.data, from * all.shape[1]!)
    onProgress(to / count)
  }
  return all
}

/** What embeddings are measured in: from their mean [E], in their deviation over windows, one number for all entries. */
interface Unit {
  mean: Float64Array
  deviation: number
}

function unitOf({ data, shape: [count = 0, width = 0] }: Tensor): Unit {
  const mean = new Float64Array(width)
  for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]! / count
  let squares = 0
  for (let i = 0; i < data.length; i++) squares += (data[i]! - mean[i % width]!) ** 2
  return { mean, deviation: Math.sqrt(squares / data.length) || 1 }
}

const scaled = ({ data, shape }: Tensor, { mean, deviation }: Unit): Tensor =>
  tensor(
    shape,
    data.map((value, i) => (value - mean[i % mean.length]!) / deviation),
  )

/** The head's weights so that it gives embeddings as they are. */
function inUnits(
  { head }: DistilledEncoder,
  weights: ReadonlyMap<string, Float32Array>,
  { mean, deviation }: Unit,
): Map<string, Float32Array> {
  return new Map(weights)
    .set(
      head.weight,
      weights.get(head.weight)!.map((value) => value * deviation),
    )
    .set(
      head.bias,
      weights.get(head.bias)!.map((value, i) => value * deviation + mean[i]!),
    )
}
