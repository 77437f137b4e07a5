// Running mean and variance of every state entry (method.md 2.1): a parallel-variance update with every finished
// episode's s_t; start: mean 0, variance 1, count 1e-4.
import type { Episode } from './replay/episode.ts'

const VARIANCE_EPSILON = 1e-8
const FIRST_COUNT = 1e-4

export class RunningStatistics {
  count = FIRST_COUNT
  mean: Float64Array // [S]
  variance: Float64Array // [S]
  private readonly least: number

  /** @param least of a deviation, in the units of the state: an entry that has rested so far may move one day */
  constructor(width: number, least = 0) {
    this.least = least
    this.mean = new Float64Array(width)
    this.variance = new Float64Array(width).fill(1)
  }

  /** Chan et al.'s update with the batch s_0..s_{T-1}. */
  update({ states, length }: Episode): void {
    const total = this.count + length
    for (let s = 0; s < this.mean.length; s++) {
      const [mean, variance] = momentsOf(states, length, this.mean.length, s)
      const delta = mean - this.mean[s]!
      const spread =
        this.variance[s]! * this.count + variance * length + (delta ** 2 * this.count * length) / total
      this.mean[s]! += (delta * length) / total
      this.variance[s] = spread / total
    }
    this.count = total
  }

  /** [S] whether an entry has ever had another value than its first: what it begins with is all there is of its variance. */
  get moves(): boolean[] {
    const initial = (s: number) => FIRST_COUNT * (1 + this.mean[s]! ** 2)
    return Array.from(this.variance, (variance, s) => variance * this.count > 1.01 * initial(s))
  }

  /** [S] */
  get std(): Float64Array {
    return deviationsOf(this.variance, this.least)
  }
}

/** Standard deviations sqrt(var + 1e-8), or `least` where that is more. */
export const deviationsOf = (variance: Float64Array, least = 0): Float64Array =>
  variance.map((value) => Math.max(least, Math.sqrt(value + VARIANCE_EPSILON)))

function momentsOf(states: Float64Array, length: number, width: number, entry: number): [number, number] {
  let [sum, squares] = [0, 0]
  for (let t = 0; t < length; t++) sum += states[t * width + entry]!
  const mean = sum / length
  for (let t = 0; t < length; t++) squares += (states[t * width + entry]! - mean) ** 2
  return [mean, squares / length]
}
