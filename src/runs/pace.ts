// How long the rest of a run will take, from how long its epochs took.
import { mean } from '../common/statistics.ts'

/** Epochs that the estimate looks back on: later ones may be slower, with more to do in them. */
const RECENT = 5

export class Pace {
  private readonly now: () => number
  private readonly epochs: number[] = [] // seconds
  private began: number

  constructor(now = () => performance.now() / 1000) {
    this.now = now
    this.began = now()
  }

  begin(): void {
    this.began = this.now()
  }

  finish(): void {
    this.epochs.push(this.now() - this.began)
    if (this.epochs.length > RECENT) this.epochs.shift()
  }

  /**
   * @param share of the current epoch that is done
   * @param left epochs to come after it
   * @returns seconds; NaN while nothing is known
   */
  secondsLeft(share: number, left: number): number {
    const elapsed = this.now() - this.began
    return Math.max(0, this.epochSeconds(elapsed, share) * (left + 1) - elapsed)
  }

  /** Seconds of an epoch: what those before took, until this one takes longer and its own share says more. */
  private epochSeconds(elapsed: number, share: number): number {
    const before = mean(this.epochs) // NaN: none yet
    return elapsed < before ? before : elapsed / share
  }
}
