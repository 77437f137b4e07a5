// How a run is: its phase, and in words what went wrong or is worth saying.
import type { Trouble } from './troubles.ts'

/** connecting: to the server; starting: an episode; waiting: for the server; failed: for good. */
export type Phase = 'connecting' | 'starting' | 'ready' | 'waiting' | 'over' | 'failed'

export class Condition {
  phase: Phase = 'connecting'
  notice = ''
  private readonly changed: () => void

  /** @param changed hears of every change */
  constructor(changed: () => void) {
    this.changed = changed
  }

  enter(phase: Phase, notice = this.notice): void {
    this.phase = phase
    this.say(notice)
  }

  say(notice: string): void {
    this.notice = notice
    this.changed()
  }

  waits({ text }: Trouble): void {
    this.enter('waiting', text)
  }

  fails({ text }: Trouble): void {
    this.enter('failed', text)
  }

  /** @param steps that the episode had */
  ends(steps: number): void {
    this.enter('over', `The episode ended after ${steps} ${steps === 1 ? 'step' : 'steps'}`)
  }
}
