// What was done, so that it can be done again to the bit: starts, seeds, and of every step who acted and the levels that were
// chosen. J numbers of a joint action.
import type { Mixed } from '../actors/mixer.ts'
import { type Acting, sameActing } from '../actors/policy.ts'
import type { StartChoice } from './starts.ts'

export interface Segment {
  readonly seed: number
  readonly start: StartChoice
  readonly steps: Mixed[]
}

/** Steps that are kept: older segments are forgotten, and of a longer one the rest is. */
export const MOST_STEPS = 6000

/** Steps since the last snapshot are fewer. */
const LATEST = 1000

export class Recording {
  segments: Segment[] = []

  begin(start: StartChoice, seed: number): void {
    this.segments.push({ seed, start, steps: [] })
  }

  add(step: Mixed): void {
    this.segments.at(-1)!.steps.push(step)
    if (this.steps <= MOST_STEPS) return
    if (this.segments.length > 1) this.segments.shift()
    else this.forget()
  }

  clear(): void {
    this.segments = []
  }

  get steps(): number {
    return this.segments.reduce((sum, { steps }) => sum + steps.length, 0)
  }

  /** Of an episode without end: what no link holds, and what has long been in a snapshot. */
  private forget(): void {
    const { steps } = this.segments.at(-1)!
    const old = steps.length - 1 - LATEST
    if (old >= MOST_STEPS) steps[old] = steps[MOST_STEPS - 1]!
  }

  /** Forgets steps of the latest segment that were asked for and not taken. */
  cut(steps: number): void {
    const segment = this.segments.at(-1)
    if (segment) segment.steps.length = Math.min(segment.steps.length, steps)
  }
}

/** Runs of steps in which the same agents were acted for. */
export function runsOf(steps: readonly Mixed[]): { acting: Acting | undefined; steps: number }[] {
  const runs: { acting: Acting | undefined; steps: number }[] = []
  for (const { acting } of steps) {
    const last = runs.at(-1)
    if (last && sameActing(last.acting, acting)) last.steps++
    else runs.push({ acting, steps: 1 })
  }
  return runs
}
