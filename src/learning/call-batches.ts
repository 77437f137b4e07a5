// The batches of one call, [K, ...] each: K updates in a Loop take them so, and whoever draws writes them there, so that
// nothing is copied on the way.
import { type Feeds, rows } from '../common/tensors.ts'
import { emptyBatch, type Input } from './objectives.ts'

/** Zeros for `count` batches. */
export const emptyBatches = (inputs: readonly Input[], count: number): Feeds =>
  emptyBatch(inputs.map((input) => ({ ...input, shape: [count, ...input.shape] })))

/** One of them, sharing memory. */
export const batchAt = (stacked: Feeds, k: number): Feeds =>
  Object.fromEntries(
    Object.entries(stacked).map(([name, tensor]) => {
      const { data, shape } = rows(tensor, k, k + 1)
      return [name, { data, shape: shape.slice(1) }]
    }),
  )
