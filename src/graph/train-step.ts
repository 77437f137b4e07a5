// One training step - loss, gradients, clipping, AdamW - written once in tfjs ops. Traced it is an ONNX graph that
// ONNX Runtime trains with; eagerly it is the oracle of the tests and the engine on other tfjs backends.
import * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../common/parameters.ts'
import type { Feeds, NamedTensors } from '../common/tensors.ts'
import { adamw, clipScale, globalNorm } from './adamw.ts'
import { splitBuckets } from './bucket-tensors.ts'
import { type Bucket, planBuckets } from './buckets.ts'
import { encodeGraph, type Graph, type GraphValue, type ValueSpec } from './graph.ts'
import type { BuilderOptions } from './graph-builder.ts'
import { scoped } from './scope.ts'
import { type Tensors, trace } from './trace.ts'

export { type Bucket, packBuckets, planBuckets, unpackBuckets } from './buckets.ts'

/** The loss of a batch and further numbers to watch, which carry no gradient. */
export type Loss = (weights: Tensors, inputs: Tensors) => { loss: tf.Scalar; metrics?: Tensors }

export interface TrainStepOptions extends BuilderOptions {
  name: string
  parameters: readonly Parameter[]
  /** The data of a batch, with its static shape. */
  inputs: ValueSpec[]
  loss: Loss
  /** Largest global norm of the gradients; Infinity for no clipping. */
  clipNorm: number
  /** of AdamW; 1e-8 without */
  epsilon?: number
  /** Whether an average of the parameters is kept beside them: a' = a + average_rate (p' - a). */
  averages?: boolean
  /** Floats a bucket holds. */
  bucketSize?: number
  /** One update for all buckets that decay alike: fewer nodes, for devices that pay by the node; caches like small ones. */
  joinUpdates?: boolean
}

export interface TrainStep {
  bytes: Uint8Array
  buckets: Bucket[]
  inputs: GraphValue[]
  outputs: GraphValue[]
}

/**
 * The step as an ONNX graph. Inputs: `p.<i>`, `m.<i>`, `v.<i>` for each bucket, the data, and the scalars
 * `learning_rate`, `bias_correction1` (1 - 0.9^t), `bias_correction2` (1 - 0.999^t), `weight_decay`. Outputs: `loss`,
 * `grad_norm` (before clipping), the metrics by name, and `next.p.<i>`, `next.m.<i>`, `next.v.<i>`. With averages also
 * `a.<i>` and the scalar `average_rate` in, `next.a.<i>` out.
 */
export function compileTrainStep(options: TrainStepOptions): TrainStep {
  const { graph, buckets } = traceTrainStep(options)
  return { bytes: encodeGraph(graph), buckets, inputs: graph.inputs, outputs: graph.outputs }
}

/** The graph of a train step, not yet encoded as ONNX. */
export function traceTrainStep(options: TrainStepOptions): { graph: Graph; buckets: Bucket[] } {
  const { name, parameters, bucketSize, maxSplitOutputs } = options
  const buckets = planBuckets(parameters, bucketSize)
  const specs = stepInputs(buckets, options)
  const builder = maxSplitOutputs === undefined ? {} : { maxSplitOutputs }
  return { graph: trace(name, builder, ({ inputs }) => step(options, buckets, inputs(specs))), buckets }
}

/** The step on the current tfjs backend, with the graph's names in and out. */
export function eagerTrainStep(options: TrainStepOptions): (feeds: Feeds) => NamedTensors {
  const buckets = planBuckets(options.parameters, options.bucketSize)
  const specs = stepInputs(buckets, options)
  return (feeds) =>
    scoped(() => {
      const inputs = specs.map(({ name, shape, dtype }) => [name, tf.tensor(feeds[name]!.data, shape, dtype)])
      return read(step(options, buckets, Object.fromEntries(inputs)))
    })
}

const SCALARS = ['learning_rate', 'bias_correction1', 'bias_correction2']

function stepInputs(buckets: Bucket[], { inputs: data, averages }: TrainStepOptions): ValueSpec[] {
  const kinds = averages ? ['p', 'm', 'v', 'a'] : ['p', 'm', 'v']
  const scalars = averages ? [...SCALARS, 'average_rate'] : SCALARS
  return [
    ...buckets.flatMap(({ size }, i) => kinds.map((kind) => ({ name: `${kind}.${i}`, shape: [size] }))),
    ...data,
    ...scalars.map((name) => ({ name, shape: [] })),
    { name: 'weight_decay', shape: [], optional: true }, // unused when no parameter decays
  ]
}

function step(options: TrainStepOptions, buckets: Bucket[], inputs: Tensors): Tensors {
  const { name, loss, clipNorm } = options
  const weights = splitBuckets('p', buckets, inputs)
  const { value, gradients, metrics } = differentiate(name, (w) => loss(w, inputs), weights)
  const groups = updateGroups(buckets, options)
  const flat = groups.map((group) => joinGradients(group, gradients))
  const norm = globalNorm(flat)
  const scale = clipNorm === Number.POSITIVE_INFINITY ? undefined : clipScale(norm, clipNorm)
  const updated = groups.map((group, i) => {
    const gradient = scale ? tf.mul(flat[i]!, scale) : flat[i]!
    return updateGroup(group, gradient, inputs, options)
  })
  return Object.assign({ ...metrics, loss: value, grad_norm: norm }, ...updated)
}

/** Buckets that one update is computed of, each with its place among all. */
interface UpdateGroup {
  decay: boolean
  buckets: { bucket: Bucket; index: number }[]
}

function updateGroups(buckets: Bucket[], { joinUpdates = false }: TrainStepOptions): UpdateGroup[] {
  const placed = buckets.map((bucket, index) => ({ bucket, index }))
  if (!joinUpdates) return placed.map((one) => ({ decay: one.bucket.decay, buckets: [one] }))
  return [true, false]
    .map((decay) => ({ decay, buckets: placed.filter(({ bucket }) => bucket.decay === decay) }))
    .filter((group) => group.buckets.length > 0)
}

function updateGroup(
  { decay, buckets }: UpdateGroup,
  gradient: tf.Tensor,
  inputs: Tensors,
  { epsilon, averages }: TrainStepOptions,
): Tensors {
  const joined = (kind: string) => tf.concat(buckets.map(({ index }) => inputs[`${kind}.${index}`]!))
  const next = adamw({ p: joined('p'), m: joined('m'), v: joined('v') }, gradient, {
    ...ratesOf(inputs, decay),
    ...(epsilon === undefined ? {} : { epsilon }),
  })
  const all = averages ? { ...next, a: approach(joined('a'), next.p, inputs.average_rate!) } : next
  const sizes = buckets.map(({ bucket }) => bucket.size)
  return Object.fromEntries(
    Object.entries(all).flatMap(([kind, tensor]) => {
      const parts = tf.split(tensor as tf.Tensor, sizes)
      return buckets.map(({ index }, i) => [`next.${kind}.${index}`, parts[i]!])
    }),
  )
}

/** A share of the way from one to the other. */
const approach = (from: tf.Tensor, to: tf.Tensor, share: tf.Tensor): tf.Tensor =>
  tf.add(from, tf.mul(tf.sub(to, from), share))

const ratesOf = (inputs: Tensors, decay: boolean) => ({
  learningRate: inputs.learning_rate!,
  biasCorrection1: inputs.bias_correction1!,
  biasCorrection2: inputs.bias_correction2!,
  ...(decay ? { weightDecay: inputs.weight_decay! } : {}),
})

/** The gradient of whole buckets: one Concat. */
const joinGradients = ({ buckets }: UpdateGroup, gradients: Tensors): tf.Tensor =>
  tf.concat(
    buckets.flatMap(({ bucket }) => bucket.parameters.map(({ name }) => tf.reshape(gradients[name]!, [-1]))),
  )

/** Value, metrics and gradients by parameter name. tf.grads would not say which parameter has no gradient. */
function differentiate(name: string, loss: (weights: Tensors) => ReturnType<Loss>, weights: Tensors) {
  let kept: Tensors = {}
  const forward = () => {
    const { loss: value, metrics = {} } = loss(weights)
    // The tape disposes what the function made and did not return, so metrics are kept by hand.
    kept = mapTensors(metrics, (metric) => tf.keep(tf.clone(metric)))
    return value
  }
  const { value, grads } = tf.engine().gradients(forward, Object.values(weights), undefined, true)
  const names = Object.keys(weights)
  const missing = names.filter((_, i) => !grads[i])
  if (missing.length > 0) throw new Error(`${name}: the loss does not depend on ${missing.join(', ')}`)
  const gradients = Object.fromEntries(names.map((key, i) => [key, grads[i]!]))
  return { value, metrics: mapTensors(kept, unkeep), gradients }
}

const mapTensors = (tensors: Tensors, f: (tensor: tf.Tensor) => tf.Tensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor)]))

/** A copy that the current scope tidies away, in place of a kept tensor. */
function unkeep(tensor: tf.Tensor): tf.Tensor {
  const copy = tf.clone(tensor)
  tensor.dispose()
  return copy
}

const read = (tensors: Tensors): NamedTensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      { data: Float32Array.from(tensor.dataSync()), shape: tensor.shape },
    ]),
  )
