// What the copies are at, as of the last answer.
import { noEpisode } from '../vector/copy-errors.ts'
import type { AutoresetMode, VectorStep } from '../vector/vector-env.ts'

export class Phases {
  /** Copies whose episode is over and whose next has not begun, 1 each. */
  readonly ended: Uint8Array // [E]
  private readonly autoreset: AutoresetMode
  /** Copies that have been reset, 1 each. */
  private readonly begun: Uint8Array // [E]

  constructor({ numEnvs, autoreset }: { numEnvs: number; autoreset: AutoresetMode }) {
    this.ended = new Uint8Array(numEnvs)
    this.begun = new Uint8Array(numEnvs)
    this.autoreset = autoreset
  }

  /** A reset of these copies, or of all. */
  begin(mask?: ArrayLike<number>): void {
    for (let copy = 0; copy < this.begun.length; copy++)
      if (!mask || mask[copy]) {
        this.begun[copy] = 1
        this.ended[copy] = 0
      }
  }

  note({ terminations, truncations }: VectorStep): void {
    if (this.autoreset === 'same_step') return // the next episode runs already
    for (let copy = 0; copy < this.ended.length; copy++)
      this.ended[copy] = terminations[copy]! | truncations[copy]!
  }

  /** DimaError `no_episode` naming the copies that must be reset before a step. */
  assertEpisodes(): void {
    const waits = (copy: number) => !this.begun[copy] || (this.autoreset === 'disabled' && this.ended[copy])
    const copies = [...this.begun.keys()].filter(waits)
    if (copies.length > 0) throw noEpisode(copies)
  }
}
