// The stored episodes and the two sampling rules of method.md: windows that favour the newest episodes (2.9) and
// transitions that favour the least visited (1).
import type { Rng } from '../../common/rng.ts'
import { least, sum } from '../../common/statistics.ts'
import type { Episode } from './episode.ts'

/** A place in the replay: step `t` of an episode. */
export interface Place {
  episode: number
  t: number
}

/** A window of `size` states ending before `end`; `start` is negative where it reaches before the episode. */
export interface Window {
  episode: number
  start: number
}

export class Replay {
  readonly episodes: Episode[] = []
  private readonly capacity: number
  /** first transition of every episode in the flat order */
  private offsets: number[] = []
  size = 0
  /** transitions that left because of the capacity */
  dropped = 0

  /** @param capacity transitions; the oldest whole episodes leave first */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  add(episode: Episode): void {
    this.episodes.push(episode)
    this.size += episode.length
    while (this.size > this.capacity && this.episodes.length > 1) {
      const { length } = this.episodes.shift()!
      this.size -= length
      this.dropped += length
    }
    this.offsets = []
    let offset = 0
    for (const { length } of this.episodes) {
      this.offsets.push(offset)
      offset += length
    }
  }

  /** The place of a flat transition index. */
  place(index: number): Place {
    let [low, high] = [0, this.offsets.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.offsets[middle]! <= index) low = middle
      else high = middle - 1
    }
    return { episode: low, t: index - this.offsets[low]! }
  }

  /**
   * Draws a window of `size` states: an episode, a time t in it, end = min(length, t + 1 + U{0..size-1}).
   * @param recency probabilities of the four groups of episodes in time order
   * @param discount t is drawn in proportion to discount^t; 1: uniformly
   */
  window(rng: Rng, size: number, recency: readonly number[], discount = 1): Window {
    const episode = this.drawEpisode(rng, recency)
    const states = this.episodes[episode]!.length + 1
    const end = Math.min(states, drawTime(rng, states, discount) + 1 + rng.int(size))
    return { episode, start: end - size }
  }

  /** By group once every group has an episode, before that in proportion to the length. */
  private drawEpisode(rng: Rng, recency: readonly number[]): number {
    const count = this.episodes.length
    if (count < recency.length) return this.place(rng.int(this.size)).episode
    const group = drawIndex(rng, recency)
    const from = Math.floor((group * count) / recency.length)
    const to = Math.floor(((group + 1) * count) / recency.length)
    return from + rng.int(to - from)
  }
}

/** A time in 0..count-1, p proportional to discount^t. */
function drawTime(rng: Rng, count: number, discount: number): number {
  if (discount === 1) return rng.int(count)
  const below = 1 - rng.uniform() * (1 - discount ** count) // in (discount^count, 1]
  return Math.min(count - 1, Math.floor(Math.log(below) / Math.log(discount)))
}

function drawIndex(rng: Rng, probabilities: readonly number[]): number {
  let rest = rng.uniform() * sum(probabilities)
  const found = probabilities.findIndex((p) => {
    rest -= p
    return rest < 0
  })
  return found < 0 ? probabilities.length - 1 : found
}

/** Draws transitions with p ∝ exp(-visits / 20), no one twice in a batch, and counts the visits. */
export class VisitSampler {
  static readonly TEMPERATURE = 20
  visits: Int32Array = new Int32Array(0)
  private dropped = 0

  /** @param span how many consecutive transitions follow a start, itself included */
  draw(replay: Replay, rng: Rng, batch: number, span = 1): number[] {
    this.follow(replay)
    const cumulative = this.cumulative(replay.size - span + 1)
    const chosen = new Set<number>()
    const wanted = Math.min(batch, cumulative.length)
    while (chosen.size < wanted) chosen.add(search(cumulative, rng.uniform() * cumulative.at(-1)!))
    for (const index of chosen) this.visits[index]!++
    return [...chosen]
  }

  /** Keeps one counter a stored transition: new ones start at 0, those of dropped episodes go. */
  private follow(replay: Replay): void {
    const kept = this.visits.subarray(Math.min(this.visits.length, replay.dropped - this.dropped))
    this.restore(kept, replay)
  }

  /** Takes counters saved for exactly this replay, or a prefix of it. */
  restore(visits: Int32Array, replay: Replay): void {
    this.dropped = replay.dropped
    if (visits.length === replay.size) this.visits = visits
    else {
      this.visits = new Int32Array(replay.size)
      this.visits.set(visits)
    }
  }

  private cumulative(starts: number): Float64Array {
    const fewest = least(this.visits)
    const sums = new Float64Array(starts)
    let total = 0
    for (let i = 0; i < starts; i++) {
      total += Math.exp((fewest - this.visits[i]!) / VisitSampler.TEMPERATURE)
      sums[i] = total
    }
    return sums
  }
}

/** The first index whose cumulative sum exceeds the target. */
function search(cumulative: Float64Array, target: number): number {
  let [low, high] = [0, cumulative.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle]! > target) high = middle
    else low = middle + 1
  }
  return low
}
