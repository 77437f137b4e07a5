// Tells a process that is stuck from one that the machine gives no time to. The engine blocks its process, so one that
// computes says nothing; how long that may last is counted in its own processor time, which a busy machine does not
// stretch.
import type { Vitals } from './vitals.ts'

/** A silence may last so many times longer than what is computed in it: other processes want the machine too. */
export const BUSY = 10

export interface Patience {
  /** processor time that one silence may take; wall-clock time where processor time is not known */
  computingMs: number
  /** wall-clock time in which it may be stopped by a signal */
  stoppedMs: number
  /** wall-clock time that it may last with no processor time used at all */
  idleMs: number
  /** wall-clock time that it may last in any case */
  mostMs: number
}

/** What it does in a silence that has lasted too long: it computes, or something holds it, such as a busy machine. */
export type SilenceCause = 'computing' | 'held'

/** Shorter silences are nothing to look into. */
const PAUSE_MS = 250

export class Silence {
  private since = Number.NaN
  private cpuMs = 0

  /**
   * Why, if the silence has lasted too long; asked again and again.
   * @param heard performance.now() of the last sign of life
   */
  tooLong(
    now: number,
    heard: number,
    vitals: () => Vitals | undefined,
    patience: Patience,
  ): SilenceCause | undefined {
    const quiet = now - heard
    if (quiet > patience.mostMs) return 'held'
    if (quiet < PAUSE_MS) return undefined
    const first = this.since !== heard
    const seen = vitals()
    if (first) {
      this.since = heard
      this.cpuMs = seen?.cpuMs ?? 0
      return undefined
    }
    if (!seen) return quiet > patience.computingMs ? 'computing' : undefined
    const used = seen.cpuMs - this.cpuMs
    if (used > patience.computingMs) return 'computing'
    const held = seen.stopped ? quiet > patience.stoppedMs : used === 0 && quiet > patience.idleMs
    return held ? 'held' : undefined
  }
}
