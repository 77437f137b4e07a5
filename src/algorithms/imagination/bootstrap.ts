// What an imagined return goes on with where its row ends: the critic's value of the last state. A critic that learns
// from such returns learns from itself, and may drift. Two things hold it: a slow copy gives the values (as in DreamerV3,
// Hafner et al., arXiv 2301.04104), and no value is larger than the largest real rewards, earned for ever, allow.
import { quantiles } from '../../common/statistics.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { Critic } from '../../networks/critic.ts'
import { rescaleHead } from '../policy/popart.ts'
import { newest } from '../policy/value-agreement.ts'
import type { Moments } from '../policy/value-normaliser.ts'

/** An exponential average of a critic's parameters, by bucket. */
export class SlowCritic {
  private readonly rate: number
  private current: Float32Array[] | undefined

  /** @param rate of an update; with 1 it is the critic itself */
  constructor(rate: number) {
    this.rate = rate
  }

  /** Undefined before the first update, and where it is the critic itself. */
  get parameters(): Float32Array[] | undefined {
    return this.current
  }

  restore(parameters: Float32Array[] | undefined): void {
    this.current = parameters?.map((bucket) => bucket.slice())
  }

  /** The same values in other units. */
  rescale(critic: Critic, from: Moments, to: Moments): void {
    if (this.current) rescaleHead(this.current, critic, from, to)
  }

  /** @param parameters of the critic before and after an update */
  follow(before: readonly Float32Array[], after: readonly Float32Array[]): void {
    if (this.rate === 1) return
    this.current ??= before.map((bucket) => bucket.slice())
    for (const [i, bucket] of this.current.entries())
      for (let j = 0; j < bucket.length; j++) bucket[j]! += this.rate * (after[i]![j]! - bucket[j]!)
  }
}

/** Real steps that bounds are taken from: what was played lately. */
const STEPS = 5000

/** The least and the most that can be earned from a state, in the units of the reward: an episode may also end at once. */
export function valueBounds(episodes: readonly Episode[], gamma: number): [low: number, high: number] {
  const rewards = newest(episodes, STEPS).flatMap((episode) => [...episode.rewards])
  const [low = 0, high = 0] = quantiles(rewards, [0.01, 0.99])
  return [Math.min(0, low) / (1 - gamma), Math.max(0, high) / (1 - gamma)]
}

export const bounded = (values: Float32Array, [low, high]: readonly [number, number]): Float32Array =>
  values.map((value) => Math.min(high, Math.max(low, value)))
