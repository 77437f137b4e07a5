// What starts from the present: futures that fork from it, the true robot, the model set onto the true states. Done between
// two steps, so that all of it is of the same entry.
import type { Company } from './company.ts'
import { type Episodes, SEEDS } from './episodes.ts'
import type { Fork } from './ghost-track.ts'
import type { Loop } from './loop.ts'
import type { Parts } from './parts.ts'
import type { Run } from './run.ts'
import { window } from './window.ts'

/** Between the seeds of futures, a prime. */
const SEED_STEP = 7919

export class Present {
  /** whether it is being forked or set onto the truth; truth that begins does not count */
  busy = false
  private readonly parts: Pick<Parts, 'model' | 'tape' | 'pace'>
  private readonly run: Run
  private readonly company: Company
  private readonly episodes: Episodes
  private readonly loop: Loop

  constructor(parts: Present['parts'], run: Run, company: Company, episodes: Episodes, loop: Loop) {
    this.parts = parts
    this.run = run
    this.company = company
    this.episodes = episodes
    this.loop = loop
  }

  /** K futures. Throws ProblemError, ConnectionError. */
  fork(kind: Fork, count: number): Promise<void> {
    const { run, company, episodes } = this
    const { seed } = episodes.chosen
    const seeds = Array.from({ length: count }, (_, i) => (seed + SEED_STEP * (i + 1)) % SEEDS)
    return this.alone(async () => {
      company.clearGhosts()
      const { episode } = run
      const sessions = await run.fork(count, kind === 'actions' ? undefined : seeds)
      if (episode === run.episode) company.fork(run.stream!, sessions, kind)
      else for (const session of sessions) session.close().catch(() => {})
      this.show()
    })
  }

  openTruth(): Promise<void> {
    return this.company.openTruth((begin) => this.loop.between(begin))
  }

  /** The model goes on from the last true states. */
  ontoTruth(): Promise<void> {
    return this.alone(async () => {
      await this.company.settled()
      const { tape, model } = this.parts
      const last = tape.end - 1
      if (!tape.hasTruth(last)) return this.run.say('There is no truth at the last step')
      const start = window(tape, model, (entry) => (tape.hasTruth(entry) ? tape.truth(entry) : undefined))
      const place = { x: tape.at('trueX', last), y: tape.at('trueY', last) }
      await this.episodes.enter({ kind: 'given', start }, this.episodes.chosen.seed, place)
    })
  }

  private async alone(work: () => Promise<void>): Promise<void> {
    this.busy = true
    try {
      await this.loop.between(work)
    } finally {
      this.busy = false
    }
  }

  /** What was shown may be further back. */
  private show(): void {
    this.parts.pace.seek(this.parts.tape.end - 1)
  }
}
