// How long the rest of a run will take, from how long its epochs took.
import { mean } from '../common/statistics.ts'

/** Epochs that the estimate looks back on: later ones may be slower, with more to do in them. */
const RECENT = 5

export class Pace {
  private readonly now: () => number
  private epochs: number[] = [] // seconds
  private kind: string | undefined
  private began: number
  /** the last news of this epoch: its share that was done, and when */
  private news = { share: 0, elapsed: 0 }

  /** @param now seconds */
  constructor(now = () => performance.now() / 1000) {
    this.now = now
    this.began = now()
  }

  begin(): void {
    this.began = this.now()
    this.news = { share: 0, elapsed: 0 }
  }

  /** What this epoch does: of its length those before say nothing that did other things. */
  does(kind: string): void {
    if (kind !== this.kind) this.epochs = []
    this.kind = kind
  }

  /** @param share of this epoch that is done by now */
  reached(share: number): void {
    this.news = { share, elapsed: this.elapsed }
  }

  finish(): void {
    this.epochs.push(this.elapsed)
    if (this.epochs.length > RECENT) this.epochs.shift()
  }

  /**
   * @param left epochs to come after this one
   * @returns seconds; NaN while nothing is known
   */
  secondsLeft(left: number): number {
    return Math.max(0, this.epochSeconds * (left + 1) - this.elapsed)
  }

  private get elapsed(): number {
    return this.now() - this.began
  }

  /** Of an epoch: what those before took, until this one takes longer and its own share says more. */
  private get epochSeconds(): number {
    const { elapsed, news } = this
    const before = mean(this.epochs) // NaN: none yet
    if (elapsed < before) return before
    if (news.share === 0) return Number.NaN
    const foretold = news.elapsed / news.share
    return elapsed < foretold ? foretold : elapsed / news.share // no news for longer than they foretold
  }
}
