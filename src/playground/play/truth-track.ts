// The true environment, which takes the same actions as the imagined one, and how far the two are apart.
import type { Body } from '../body/body.ts'
import { wayOf } from '../body/travel.ts'
import { apart } from '../tape/measures.ts'
import type { Tape } from '../tape/tape.ts'
import type { Truth } from './outside.ts'

export class TruthTrack {
  /** entries that are asked for and not there yet */
  behind = 0
  private readonly truth: Truth
  private readonly tape: Tape
  private readonly body: Body | undefined
  private readonly deviations: ArrayLike<number>
  private readonly told: (trouble?: string) => void
  /** ends with what was asked for last */
  private last: Promise<void> = Promise.resolve()
  /** the last entry that is true; -1 while none is, or the true episode has ended */
  private at = -1
  /** whether its episode has ended, since it was set onto a state */
  ended = false

  /** @param told hears of every true entry, and with words of what went wrong, after which nothing follows */
  constructor(
    truth: Truth,
    tape: Tape,
    body: Body | undefined,
    deviations: ArrayLike<number>,
    told: (trouble?: string) => void,
  ) {
    this.truth = truth
    this.tape = tape
    this.body = body
    this.deviations = deviations
    this.told = told
  }

  /** Sets the true robot onto the imagined one, at an entry. */
  begin(entry: number): void {
    const state = [...this.tape.state(entry)]
    const [x, y] = [this.tape.at('x', entry), this.tape.at('y', entry)]
    this.queue(async () => {
      await this.truth.begin(state)
      this.ended = false
      this.set(entry, state, x, y, Number.NaN)
    })
  }

  /** @param actions [N][A] that led to the entry */
  follow(entry: number, actions: number[][]): void {
    this.queue(async () => {
      if (this.at !== entry - 1) return
      const before = [...this.tape.truth(this.at)]
      const [x, y] = [this.tape.at('trueX', this.at), this.tape.at('trueY', this.at)]
      const { state, reward, terminated } = await this.truth.step(actions)
      const way = (axis: 'x' | 'y') => wayOf(this.body, axis, before, state)
      this.set(entry, state, x + way('x'), y + way('y'), reward)
      if (!terminated) return
      this.at = -1
      this.ended = true
      this.told()
    })
  }

  /** From then on it is drawn where the imagined one is at an entry. */
  meet(entry: number): void {
    this.queue(async () => {
      this.tape.meet(entry)
      this.told()
    })
  }

  /** When everything that was asked for is there. */
  settled(): Promise<void> {
    return this.last
  }

  close(): void {
    this.truth.close()
  }

  private set(entry: number, state: readonly number[], x: number, y: number, reward: number): void {
    this.at = entry
    this.tape.setTruth(entry, state, x, y, reward)
    this.tape.put('error', entry, apart(this.tape.state(entry), state, this.deviations))
    this.told()
  }

  private queue(work: () => Promise<void>): void {
    this.behind++
    this.last = this.last
      .then(work)
      .catch((error: Error) => {
        this.at = -1
        this.told(error.message)
      })
      .finally(() => this.behind--)
  }
}
