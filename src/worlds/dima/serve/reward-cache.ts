// The reward model's keys and values of live sessions, so that a step costs two tokens and not a whole window. An entry
// can always be made again from the window that it stands for: what it lacks is replayed. M blocks, T cached tokens, D
// width, H horizon.
import { hashKey } from '../../../common/rng.ts'
import { sizeOf, tensor } from '../../../common/tensors.ts'
import type { GraphSession } from '../../../engine/session.ts'
import type { Judged, RewardWindows, WindowJudge } from './reward-windows.ts'

/** For the caches of one model in one executor: some two thousand sessions of preset small. */
const CACHE_BYTES = 128 * 1024 * 1024
/** Most that end never say so. One that comes back later than this pays some milliseconds to have it made again. */
const IDLE_MS = 15_000

interface Entry {
  /** steps cached */
  count: number
  /** hash of the last of them */
  last: number
  /** performance.now() when it was last asked for */
  used: number
  keys: Float32Array // [M, T, D]
  values: Float32Array
}

interface Place {
  entry: Entry
  /** where the row's window begins in states and actions */
  first: number
  length: number
}

export class RewardCache implements WindowJudge {
  private readonly session: GraphSession
  private readonly horizon: number
  private readonly shape: number[] // [M, T, D]
  private readonly capacity: number
  /** Least recently used first. */
  private readonly entries = new Map<number, Entry>()
  private gathered = { keys: new Float32Array(), values: new Float32Array() }
  private latest: Promise<unknown> = Promise.resolve()

  constructor(session: GraphSession, horizon: number, bytes = CACHE_BYTES) {
    this.session = session
    this.horizon = horizon
    this.shape = session.inputShape('keys').slice(1)
    this.capacity = Math.max(1, Math.floor(bytes / (2 * 4 * sizeOf(this.shape))))
  }

  /**
   * Reward and end probability of each row's last step. One judgement at a time: the gathered buffers are in use until
   * the session has run, and a canary may come between.
   */
  judge(windows: RewardWindows): Promise<Judged> {
    const judged = this.latest.then(() => this.judgeAlone(windows))
    this.latest = judged.catch(() => {}) // whoever asked hears of it
    return judged
  }

  private async judgeAlone(windows: RewardWindows): Promise<Judged> {
    const places = this.placesOf(windows)
    for (;;) {
      const behind = places.filter(({ entry, length }) => entry.count < length - 1)
      if (behind.length === 0) break
      await this.advance(windows, behind)
    }
    const judged = await this.advance(windows, places)
    this.forget(windows)
    return judged
  }

  /** Windows that are full, since what follows is anchored anew; what is idle; what there is no room for. */
  private forget({ ids, lengths }: RewardWindows): void {
    lengths.forEach((length, row) => {
      if (length === this.horizon) this.entries.delete(ids[row]!)
    })
    const now = performance.now()
    for (const [id, { used }] of this.entries) {
      if (this.entries.size <= this.capacity && now - used < IDLE_MS) break
      this.entries.delete(id)
    }
  }

  private placesOf(windows: RewardWindows): Place[] {
    let first = 0
    return Array.from(windows.lengths, (length, row) => {
      const place = { entry: this.entryOf(windows, row, first, length), first, length }
      first += length
      return place
    })
  }

  private entryOf(windows: RewardWindows, row: number, first: number, length: number): Entry {
    const id = windows.ids[row]!
    const known = this.entries.get(id)
    const entry = known && stillTrue(known, windows, first, length) ? known : this.emptyEntry()
    entry.used = performance.now()
    this.entries.delete(id)
    this.entries.set(id, entry)
    return entry
  }

  private emptyEntry(): Entry {
    const size = sizeOf(this.shape)
    return { count: 0, last: 0, used: 0, keys: new Float32Array(size), values: new Float32Array(size) }
  }

  /** Runs the step that follows what each row has cached, and caches it. */
  private async advance(windows: RewardWindows, places: Place[]): Promise<Judged> {
    const at = (data: Float32Array, name: string) => {
      const [, ...shape] = this.session.inputShape(name)
      const picked = pick(data, data.length / windows.total, places)
      return tensor([places.length, ...shape], picked)
    }
    const out = await this.session.run({
      state: at(windows.states, 'state'),
      action: at(windows.actions, 'action'),
      position: tensor([places.length, this.horizon], oneHot(places, this.horizon)),
      ...this.gather(places),
    })
    places.forEach(({ entry, first }, row) => {
      if (entry.count === this.horizon - 1) return // the window is full: what follows is anchored anew
      this.store(entry, row, out.new_keys!.data, out.new_values!.data)
      entry.last = hashStep(windows, first + entry.count)
      entry.count++
    })
    return { rewards: out.reward!.data, probabilities: out.termination_probability!.data }
  }

  /** The rows' caches side by side, in buffers that are used again. */
  private gather(places: Place[]) {
    const size = sizeOf(this.shape)
    if (this.gathered.keys.length < places.length * size) {
      this.gathered = {
        keys: new Float32Array(places.length * size),
        values: new Float32Array(places.length * size),
      }
    }
    places.forEach(({ entry }, row) => {
      this.gathered.keys.set(entry.keys, row * size)
      this.gathered.values.set(entry.values, row * size)
    })
    const batch = (data: Float32Array) =>
      tensor([places.length, ...this.shape], data.subarray(0, places.length * size))
    return { keys: batch(this.gathered.keys), values: batch(this.gathered.values) }
  }

  /** Two tokens of every block: [rows, M, 2, D] into [M, T, D]. */
  private store(entry: Entry, row: number, keys: Float32Array, values: Float32Array): void {
    const [blocks = 0, tokens = 0, width = 0] = this.shape
    for (let block = 0; block < blocks; block++) {
      const from = (row * blocks + block) * 2 * width
      const to = (block * tokens + 2 * entry.count) * width
      entry.keys.set(keys.subarray(from, from + 2 * width), to)
      entry.values.set(values.subarray(from, from + 2 * width), to)
    }
  }
}

/**
 * Whether what is cached is the beginning of this window. Windows of one id grow until they are begun anew, and the last
 * cached step may have failed to be committed and have been taken again with other actions, in another executor.
 */
function stillTrue({ count, last }: Entry, windows: RewardWindows, first: number, length: number): boolean {
  if (count >= length) return false
  return count === 0 || hashStep(windows, first + count - 1) === last
}

function hashStep({ total, states, actions }: RewardWindows, at: number): number {
  const part = (data: Float32Array) => {
    const width = data.length / total
    return data.subarray(at * width, (at + 1) * width)
  }
  return hashKey(part(actions), hashKey(part(states)))
}

/** The next step of each row. */
function pick(data: Float32Array, width: number, places: Place[]): Float32Array {
  const picked = new Float32Array(places.length * width)
  places.forEach(({ entry, first }, row) => {
    const from = (first + entry.count) * width
    picked.set(data.subarray(from, from + width), row * width)
  })
  return picked
}

function oneHot(places: Place[], horizon: number): Float32Array {
  const positions = new Float32Array(places.length * horizon)
  places.forEach(({ entry }, row) => {
    positions[row * horizon + entry.count] = 1
  })
  return positions
}
