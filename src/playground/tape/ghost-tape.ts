// Several futures from one entry on, in rings that are made once for each fork. K futures, S numbers of a state.

export class GhostTape {
  readonly count: number
  readonly capacity: number
  /** the entry that they fork from */
  readonly from: number
  /** behind the latest entry */
  end: number
  private readonly width: number
  private readonly ring: Float64Array // [capacity, K, S + 3]: a state, x, y, reward
  private readonly ended: Float64Array // [K], the entry at which a future ended

  constructor(count: number, stateLength: number, from: number, capacity = 1200) {
    this.count = count
    this.capacity = capacity
    this.from = from
    this.end = from
    this.width = stateLength + 3
    this.ring = new Float64Array(capacity * count * this.width)
    this.ended = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  }

  has(entry: number): boolean {
    return entry < this.end && entry >= this.from && entry >= this.end - this.capacity
  }

  /** Whether a future goes on up to an entry. */
  lives(ghost: number, entry: number): boolean {
    return entry <= this.ended[ghost]!
  }

  /** A future has ended, and stays where it is. */
  stop(ghost: number, entry: number): void {
    this.ended[ghost] = Math.min(this.ended[ghost]!, entry)
  }

  /** All futures at the next entry: call set for each of them. */
  append(): number {
    return this.end++
  }

  set(entry: number, ghost: number, state: ArrayLike<number>, x: number, y: number, reward: number): void {
    const row = this.row(entry, ghost)
    row.set(state)
    row[this.width - 3] = x
    row[this.width - 2] = y
    row[this.width - 1] = reward
  }

  /** [S], a view. */
  state(entry: number, ghost: number): Float64Array {
    return this.row(entry, ghost).subarray(0, this.width - 3)
  }

  place(entry: number, ghost: number): { x: number; y: number; reward: number } {
    const row = this.row(entry, ghost)
    return { x: row[this.width - 3]!, y: row[this.width - 2]!, reward: row[this.width - 1]! }
  }

  private row(entry: number, ghost: number): Float64Array {
    const at = ((entry % this.capacity) * this.count + ghost) * this.width
    return this.ring.subarray(at, at + this.width)
  }
}
