// Random inputs of a serving graph, to compare what computes it.
import type { Rng } from '../common/rng.ts'
import { type NamedTensors, sizeOf, type Tensor, tensor } from '../common/tensors.ts'
import type { ServingGraph } from './serving-graph.ts'

/** Fills a tensor of a shape. */
export type Draw = (shape: number[], rng: Rng) => Tensor

const each =
  (draw: (rng: Rng) => number): Draw =>
  (shape, rng) =>
    tensor(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => draw(rng)),
    )

const normal = each((rng) => rng.normal())
/** 0 or 1 */
export const bits = each((rng) => rng.int(2))
export const positive = each((rng) => Math.exp(rng.normal()))
/** in [0, 1) */
export const uniformly = each((rng) => rng.uniform())

/** A random 1 in every row: [B, n] */
export const oneHot: Draw = (shape, rng) => {
  const [count = 0, n = 0] = shape
  const hot = tensor(shape)
  for (let row = 0; row < count; row++) hot.data[row * n + rng.int(n)] = 1
  return hot
}

export const randomInputs = ({ inputs, draws = {} }: ServingGraph, batch: number, rng: Rng): NamedTensors =>
  Object.fromEntries(inputs(batch).map(({ name, shape }) => [name, (draws[name] ?? normal)(shape, rng)]))
