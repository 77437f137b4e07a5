// The steps of an episode: those that were taken, and those that are asked for and not answered yet.
import type { Mixed } from '../actors/mixer.ts'
import { Recording } from './recording.ts'
import type { StartChoice } from './starts.ts'

export class Flight {
  readonly recording = new Recording()
  /** not answered yet, oldest first */
  steps: Mixed[] = []
  taken = 0
  /** counts on when what is not answered is of no interest any more */
  turn = 0

  /** Of another episode nothing is known yet. Returns its turn. */
  leave(): number {
    this.steps = []
    return ++this.turn
  }

  begin(choice: StartChoice, seed: number): void {
    this.recording.begin(choice, seed)
    this.taken = 0
  }

  ask(step: Mixed): void {
    this.recording.add(step)
    this.steps.push(step)
  }

  take(): void {
    this.steps.shift()
    this.taken++
  }

  /** Returns what was asked for and is not taken. */
  drop(): Mixed[] {
    this.turn++
    this.recording.cut(this.taken)
    return this.steps.splice(0)
  }

  /** Of the episode that goes on. */
  get done(): Mixed[] {
    return this.recording.latest!.steps.first(this.taken)
  }
}
