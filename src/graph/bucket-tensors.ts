// Buckets as inputs of a graph: a network's weights come from outside, so that what is compiled once computes with any.
import * as tf from '@tensorflow/tfjs-core'
import { type NamedTensors, sizeOf, tensor } from '../common/tensors.ts'
import type { Bucket } from './buckets.ts'
import type { ValueSpec } from './graph.ts'

type Tensors = Record<string, tf.Tensor>

/** `<network>.<i>` for each bucket. */
export const bucketSpecs = (network: string, buckets: readonly Bucket[]): ValueSpec[] =>
  buckets.map(({ size }, i) => ({ name: `${network}.${i}`, shape: [size] }))

/** What is fed for them: parameters by bucket. */
export const bucketFeeds = (network: string, parameters: readonly Float32Array[]): NamedTensors =>
  Object.fromEntries(parameters.map((flat, i) => [`${network}.${i}`, tensor([flat.length], flat)]))

/** The parameters by name: one Split a bucket. */
export function splitBuckets(network: string, buckets: readonly Bucket[], inputs: Tensors): Tensors {
  return Object.fromEntries(
    buckets.flatMap(({ parameters }, i) => {
      const sizes = parameters.map(({ shape }) => sizeOf(shape))
      const parts = tf.split(inputs[`${network}.${i}`]!, sizes)
      return parameters.map(({ name, shape }, j) => [name, tf.reshape(parts[j]!, shape)])
    }),
  )
}
