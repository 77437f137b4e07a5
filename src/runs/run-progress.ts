// What a person is told while a run goes on, gathered from its parts: pace, last losses, last evaluation.
import { Heartbeat } from './heartbeat.ts'
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
  private readonly heartbeat = new Heartbeat()
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

  /** What goes on now and has no milestones; it is said again until something else is. */
  status(text: string): void {
    this.reporter.status(text)
    this.heartbeat.on(text, (words) => this.reporter.status(words))
  }

  /** A milestone that is reached. It is said again, with the time that is left then, until the next one is. */
  report(milestone: Milestone): void {
    this.begin(milestone)
    this.show(milestone)
  }

  /** As `report`, of what has only begun: it is said when it takes long. */
  begin(milestone: Milestone): void {
    this.pace.reached(milestone.share)
    this.heartbeat.on(milestone.label, (label) => this.show({ ...milestone, label }))
  }

  /** Nothing goes on any more. */
  stop(): void {
    this.heartbeat.stop()
  }

  private show({ label, epoch, share, left, work = left, steps }: Milestone): void {
    const { evaluated } = this
    this.reporter.update({
      label,
      done: (epoch - 1 + share) / (epoch + left),
      steps,
      ...(evaluated === undefined ? {} : { evaluated }),
      losses: this.losses,
      secondsLeft: this.pace.secondsLeft(work),
    })
  }
}
