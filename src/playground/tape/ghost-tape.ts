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
  private readonly bands: Float64Array // [capacity, S + 1, 2]: between which numbers of a state, and rewards, are
  private readonly ended: Float64Array // [K], the entry at which a future ended

  constructor(count: number, stateLength: number, from: number, capacity = 1200) {
    this.count = count
    this.capacity = capacity
    this.from = from
    this.end = from
    this.width = stateLength + 3
    this.ring = new Float64Array(capacity * count * this.width)
    this.bands = new Float64Array(capacity * (stateLength + 1) * 2)
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

  /** All futures at the next entry: call set for each of them, and then settle. */
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

  /** All is known of an entry: from then on it has edges. Plots ask for those of hundreds of entries, ten times a second. */
  settle(entry: number): void {
    const S = this.width - 3
    for (let k = 0; k <= S; k++) {
      const at = this.edgeAt(entry, k)
      this.bands[at] = Number.POSITIVE_INFINITY
      this.bands[at + 1] = Number.NEGATIVE_INFINITY
      for (let ghost = 0; ghost < this.count; ghost++)
        if (this.lives(ghost, entry)) this.widen(at, this.row(entry, ghost)[k < S ? k : S + 2]!)
    }
  }

  /** Least (0) or greatest (1) of an entry of the state, or of the reward (-1), over the futures that go on. */
  edge(entry: number, of: number, end: 0 | 1): number {
    return this.bands[this.edgeAt(entry, of < 0 ? this.width - 3 : of) + end]!
  }

  /** [S], a view. */
  state(entry: number, ghost: number): Float64Array {
    return this.row(entry, ghost).subarray(0, this.width - 3)
  }

  place(entry: number, ghost: number): { x: number; y: number; reward: number } {
    const row = this.row(entry, ghost)
    return { x: row[this.width - 3]!, y: row[this.width - 2]!, reward: row[this.width - 1]! }
  }

  private widen(at: number, value: number): void {
    this.bands[at] = Math.min(this.bands[at]!, value)
    this.bands[at + 1] = Math.max(this.bands[at + 1]!, value)
  }

  private edgeAt(entry: number, k: number): number {
    return ((entry % this.capacity) * (this.width - 2) + k) * 2
  }

  private row(entry: number, ghost: number): Float64Array {
    const at = ((entry % this.capacity) * this.count + ghost) * this.width
    return this.ring.subarray(at, at + this.width)
  }
}
