// What a network is trained on: the inputs of its train step and the loss, which are built where its learner is, and how
// its batches are drawn, where the data is.
import type * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../common/parameters.ts'
import type { Rng } from '../common/rng.ts'
import { type Feeds, sizeOf, tensor } from '../common/tensors.ts'
import type { Data } from '../episodes/replay/intake.ts'

/** A named array with a fixed shape. */
export interface Input {
  name: string
  shape: number[]
  /** default float32; bytes of 0 and 1 for bool */
  dtype?: 'float32' | 'bool'
}

export interface Objective {
  name: string
  parameters: Parameter[]
  inputs: Input[]
  /** The loss and further scalars to log, from tensors named as in `inputs`. */
  loss(
    weights: Record<string, tf.Tensor>,
    inputs: Record<string, tf.Tensor>,
  ): { loss: tf.Scalar; metrics: Record<string, tf.Scalar> }
}

/**
 * Draws one batch from the replay. It is a function of the rng and the data (and of the visit counters it keeps).
 * @param into zeros of the batch's shapes, which are filled and given back; default: new ones
 */
export type DrawBatch = (data: Data, rng: Rng, into?: Feeds) => Feeds

/** Zeros, to be filled row by row. */
export const emptyBatch = (inputs: readonly Input[]): Feeds =>
  Object.fromEntries(
    inputs.map(({ name, shape, dtype }) => [
      name,
      dtype === 'bool' ? { data: new Uint8Array(sizeOf(shape)), shape } : tensor(shape),
    ]),
  )

/** Writes (s - mean) / std * scale of `count` states into `to`. */
export function normaliseInto(
  to: Float32Array,
  offset: number,
  states: Float64Array,
  first: number,
  count: number,
  { mean, std }: { mean: Float64Array; std: Float64Array },
  scale = 1,
): void {
  const width = mean.length
  for (let i = 0; i < count * width; i++) {
    const s = i % width
    to[offset + i] = (scale * (states[first * width + i]! - mean[s]!)) / std[s]!
  }
}
