// What was done, so that it can be done again to the bit: starts, seeds, and of every step who acted and the levels that were
// chosen.
import type { Mixed } from '../actors/mixer.ts'
import { type Acting, sameActing } from '../actors/policy.ts'
import type { StartChoice } from './starts.ts'
import { MOST_STEPS, Steps } from './steps.ts'

export interface Segment {
  readonly seed: number
  readonly start: StartChoice
  readonly steps: Mixed[]
}

interface Episode extends Omit<Segment, 'steps'> {
  readonly steps: Steps
}

export class Recording {
  private episodes: Episode[] = []

  /** Older episodes are forgotten when there are too many steps, and of a longer one what no link holds. */
  get segments(): Segment[] {
    return this.episodes.map((one) => ({ ...one, steps: one.steps.first(MOST_STEPS) }))
  }

  get latest(): Episode | undefined {
    return this.episodes.at(-1)
  }

  begin(start: StartChoice, seed: number): void {
    this.episodes.push({ seed, start, steps: new Steps() })
  }

  add(step: Mixed): void {
    this.latest!.steps.push(step)
    if (this.steps > MOST_STEPS && this.episodes.length > 1) this.episodes.shift()
  }

  clear(): void {
    this.episodes = []
  }

  /** Forgets steps of the latest episode that were asked for and not taken. */
  cut(steps: number): void {
    this.latest?.steps.cut(steps)
  }

  private get steps(): number {
    return this.episodes.reduce((sum, { steps }) => sum + steps.length, 0)
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
