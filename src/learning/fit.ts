// Fits a network to a set of rows that is drawn once: epochs in random order, a learning rate that rises and then falls along
// a half cosine. For networks that learn a function, not from a replay.
import { Rng } from '../common/rng.ts'
import { type NamedTensors, sizeOf, type Tensor, tensor } from '../common/tensors.ts'
import type { Engine } from './engines/engine.ts'
import { Learner } from './learner.ts'
import type { Objective } from './objectives.ts'

export interface FitOptions {
  updates: number
  /** peak, of AdamW */
  learningRate: number
  /** updates of linear warm-up */
  warmup: number
  weightDecay: number
  clipNorm: number
  seed: number
  /** after every update, from 1 */
  onUpdate?(update: number, loss: number): void
}

/**
 * The weights by name after all updates; the same for the same seed, rows and engine.
 * @param data [R, ...] by the names of the objective's inputs, whose first axis is the batch: as many rows or fewer. DimaError `not_finite`
 * where it diverges.
 */
export async function fitNetwork(
  objective: Objective,
  data: NamedTensors,
  options: FitOptions,
  engine: Engine,
): Promise<Map<string, Float32Array>> {
  const learner = await Learner.create(objective, options, engine)
  try {
    const batches = new Batches(objective, data, options.seed)
    for (let i = 0; i < options.updates; i++) {
      const { loss } = await learner.step(batches.next(), rateAt(i, options))
      options.onUpdate?.(i + 1, loss!)
    }
    return new Map([...learner.weights()].map(([name, values]) => [name, values.slice()]))
  } finally {
    await learner.close()
  }
}

const rateAt = (update: number, { updates, learningRate, warmup }: FitOptions): number =>
  (Math.min(1, (update + 1) / Math.max(1, warmup)) *
    (learningRate * (1 + Math.cos((Math.PI * update) / updates)))) /
  2

/** Batches of the rows in an order that is drawn anew for each epoch; what is left of an epoch begins no batch. */
class Batches {
  private readonly objective: Objective
  private readonly data: NamedTensors
  private readonly seed: number
  private readonly size: number
  private readonly count: number
  private order: number[] = []
  private epoch = 0

  constructor(objective: Objective, data: NamedTensors, seed: number) {
    this.objective = objective
    this.data = data
    this.seed = seed
    this.size = objective.inputs[0]!.shape[0]!
    this.count = data[objective.inputs[0]!.name]!.shape[0]!
    if (this.count < this.size) throw new Error(`${this.count} rows are no batch of ${this.size}`)
  }

  next(): NamedTensors {
    if (this.order.length < this.size)
      this.order = new Rng(this.seed, 'fit', this.epoch++).permutation(this.count)
    const taken = this.order.splice(0, this.size)
    return Object.fromEntries(this.objective.inputs.map(({ name }) => [name, pick(this.data[name]!, taken)]))
  }
}

/** Rows of [R, ...] by their indices. */
function pick({ data, shape: [, ...rest] }: Tensor, indices: readonly number[]): Tensor {
  const width = sizeOf(rest)
  const picked = tensor([indices.length, ...rest])
  for (const [i, row] of indices.entries())
    picked.data.set(data.subarray(row * width, (row + 1) * width), i * width)
  return picked
}
