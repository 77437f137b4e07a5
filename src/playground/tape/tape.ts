// What has been imagined, and what was true beside it: the latest entries in rings that are made once. An entry is a state
// with what led to it; one that begins an episode has nothing before it. S numbers of a state, J of a joint action.

export interface Taken {
  readonly actions: ArrayLike<number> // [J]
  readonly reward: number
  /** probability that the episode ends */
  readonly end: number
}

/** Lines over entries. NaN: not there. */
const LINES = [
  'reward',
  'sum',
  'end',
  'trueReward',
  'trueSum',
  'error',
  'spread',
  'x',
  'y',
  'trueX',
  'trueY',
] as const
export type Line = (typeof LINES)[number]
const TRUE_AXIS = { x: 'trueX', y: 'trueY' } as const

export class Tape {
  readonly capacity: number
  readonly stateLength: number
  readonly actionLength: number
  /** behind the latest entry; entries count on for ever */
  end = 0
  private readonly lines: Record<Line, Float64Array>
  private readonly states: Float64Array
  private readonly truths: Float64Array
  private readonly actions: Float64Array
  private readonly marks: Uint8Array

  constructor(capacity: number, stateLength: number, actionLength: number) {
    this.capacity = capacity
    this.stateLength = stateLength
    this.actionLength = actionLength
    const ring = (width = 1) => new Float64Array(capacity * width)
    this.lines = Object.fromEntries(LINES.map((line) => [line, ring()])) as Record<Line, Float64Array>
    this.states = ring(stateLength)
    this.truths = ring(stateLength)
    this.actions = ring(actionLength)
    this.marks = new Uint8Array(capacity)
  }

  /** The oldest entry that is still there. */
  get first(): number {
    return Math.max(0, this.end - this.capacity)
  }

  has(entry: number): boolean {
    return entry >= this.first && entry < this.end
  }

  clear(): void {
    this.end = 0
  }

  /** An episode begins, or goes on from another state: nothing was done to get there. Returns its entry. */
  begin(state: ArrayLike<number>, x: number, y: number): number {
    const entry = this.append(state, x, y)
    this.marks[entry % this.capacity] = 1
    this.put('sum', entry, this.before('sum', entry, 0))
    this.put('trueSum', entry, this.before('trueSum', entry, Number.NaN))
    return entry
  }

  /** Returns its entry. */
  step(state: ArrayLike<number>, x: number, y: number, { actions, reward, end }: Taken): number {
    const entry = this.append(state, x, y)
    this.actions.set(actions, (entry % this.capacity) * this.actionLength)
    this.put('reward', entry, reward)
    this.put('end', entry, end)
    this.put('sum', entry, this.before('sum', entry, 0) + reward)
    return entry
  }

  /**
   * What was true at an entry. `reward` is NaN where nothing was done to get there. Where truth begins it has earned as much as
   * was imagined so far, so that their sums part there.
   */
  setTruth(entry: number, state: ArrayLike<number>, x: number, y: number, reward: number): void {
    if (!this.has(entry)) return
    this.truths.set(state, (entry % this.capacity) * this.stateLength)
    this.put('trueX', entry, x)
    this.put('trueY', entry, y)
    this.put('trueReward', entry, reward)
    const earned = this.before('trueSum', entry, this.at('sum', entry))
    this.put('trueSum', entry, earned + (Number.isNaN(reward) ? 0 : reward))
  }

  /** Moves what was true around an entry, without a gap, to where the imagined robot is there. Nothing depends on the place. */
  meet(entry: number): void {
    if (!this.hasTruth(entry)) return
    const way = (['x', 'y'] as const).map((axis) => this.at(axis, entry) - this.at(TRUE_AXIS[axis], entry))
    let from = entry
    while (this.hasTruth(from - 1)) from--
    for (; this.hasTruth(from); from++) {
      this.put('trueX', from, this.at('trueX', from) + way[0]!)
      this.put('trueY', from, this.at('trueY', from) + way[1]!)
    }
  }

  hasTruth(entry: number): boolean {
    return this.has(entry) && !Number.isNaN(this.at('trueX', entry))
  }

  /** Whether an episode begins here. */
  begins(entry: number): boolean {
    return this.marks[entry % this.capacity] === 1
  }

  at(line: Line, entry: number): number {
    return this.lines[line][entry % this.capacity]!
  }

  put(line: Line, entry: number, value: number): void {
    this.lines[line][entry % this.capacity] = value
  }

  /** [S], a view. */
  state(entry: number): Float64Array {
    return view(this.states, entry % this.capacity, this.stateLength)
  }

  /** [S], a view. */
  truth(entry: number): Float64Array {
    return view(this.truths, entry % this.capacity, this.stateLength)
  }

  /** [J] that led to the entry, a view. */
  action(entry: number): Float64Array {
    return view(this.actions, entry % this.capacity, this.actionLength)
  }

  private append(state: ArrayLike<number>, x: number, y: number): number {
    const entry = this.end++
    const place = entry % this.capacity
    for (const line of LINES) this.lines[line][place] = Number.NaN
    this.marks[place] = 0
    this.states.set(state, place * this.stateLength)
    this.actions.fill(0, place * this.actionLength, (place + 1) * this.actionLength)
    this.put('x', entry, x)
    this.put('y', entry, y)
    return entry
  }

  /** Sums go on through episodes: what was earned since the page was opened. */
  private before(line: 'sum' | 'trueSum', entry: number, otherwise: number): number {
    const before = this.has(entry - 1) ? this.at(line, entry - 1) : Number.NaN
    return Number.isNaN(before) ? otherwise : before
  }
}

const view = (ring: Float64Array, place: number, width: number): Float64Array =>
  ring.subarray(place * width, (place + 1) * width)
