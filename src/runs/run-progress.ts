// What a person is told while a run goes on, gathered from its parts: pace, last losses, last evaluation.
import { Pace } from './pace.ts'
import type { Reporter } from './progress.ts'

/** Where a run is. */
export interface Milestone {
  label: string
  epoch: number
  /** of this epoch, 0..1 */
  share: number
  /** epochs after this one */
  left: number
  /** the same in epochs as long as the last ones, where those to come are shorter */
  work?: number
  /** environment steps so far */
  steps: number
}

export class RunProgress {
  readonly pace = new Pace()
  private readonly reporter: Reporter
  private readonly losses: Record<string, number> = {}
  private evaluated: number | undefined

  constructor(reporter: Reporter) {
    this.reporter = reporter
  }

  /** @param losses by network; those of others stay */
  learned(losses: Readonly<Record<string, number>>): void {
    Object.assign(this.losses, losses)
  }

  evaluatedTo(evaluationReturn: number): void {
    this.evaluated = evaluationReturn
  }

  report({ label, epoch, share, left, work = left, steps }: Milestone): void {
    const { evaluated } = this
    this.reporter.update({
      label,
      done: (epoch - 1 + share) / (epoch + left),
      steps,
      ...(evaluated === undefined ? {} : { evaluated }),
      losses: this.losses,
      secondsLeft: this.pace.secondsLeft(share, work),
    })
  }
}
