// Which episode comes next: the one that was chosen, the next of an earlier run, or one like the last with another seed.
import type { Company } from './company.ts'
import type { Terms } from './live.ts'
import type { Parts } from './parts.ts'
import { lastPlace, ORIGIN, type Place } from './place.ts'
import type { Planner } from './planner.ts'
import type { Segment } from './recording.ts'
import type { Run } from './run.ts'
import { OWN, type StartChoice } from './starts.ts'

export const SEEDS = 2 ** 32

export interface Chosen {
  start: StartChoice
  seed: number
  plan: Terms['plan']
}

export class Episodes {
  readonly chosen: Chosen
  private readonly parts: Parts
  private readonly run: Run
  private readonly company: Company
  private readonly planner: Planner

  constructor(parts: Parts, run: Run, company: Company, planner: Planner, seed: number) {
    this.parts = parts
    this.run = run
    this.company = company
    this.planner = planner
    this.chosen = { start: OWN, seed, plan: parts.model.default_plan }
  }

  /** What was chosen, with nothing before it. */
  async begin(): Promise<void> {
    this.parts.source.drop()
    await this.anew(this.chosen)
  }

  /** An earlier run, from its beginning. */
  async replay(segments: Segment[], plan: Terms['plan']): Promise<void> {
    const { source } = this.parts
    source.replay(segments)
    const first = source.episode
    if (!first) return
    const { start, seed } = first
    Object.assign(this.chosen, { start, seed, ...(plan ? { plan } : {}) })
    await this.anew(first)
  }

  /** After an end. Of an earlier run the next, and whether there was one; else what was chosen, with the seed after the last. */
  async next(): Promise<boolean> {
    const { source } = this.parts
    if (source.replays && !source.endEpisode()) return false
    const { start, seed } = source.episode ?? {
      start: this.chosen.start,
      seed: (this.run.flight.recording.latest!.seed + 1) % SEEDS,
    }
    await this.enter(start, seed)
    return true
  }

  /** @param place where the robot is; the last one if nothing is said */
  async enter(start: StartChoice, seed: number, place: Place = lastPlace(this.parts.tape)): Promise<void> {
    const { name, version } = this.parts.model
    this.company.clearGhosts()
    await this.run.begin({ model: `${name}@${version}`, plan: this.chosen.plan }, start, seed, place)
  }

  /** An episode has begun at an entry of the tape. */
  began(entry: number): void {
    this.planner.forget()
    this.company.begin(entry)
    this.parts.pace.seek(entry)
  }

  private async anew({ start, seed }: Pick<Chosen, 'start' | 'seed'>): Promise<void> {
    this.run.flight.recording.clear()
    this.parts.tape.clear()
    this.parts.pace.seek(0)
    await this.enter(start, seed, ORIGIN)
  }
}
