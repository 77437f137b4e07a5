// What starts from the present: futures that fork from it, the true robot, the model set onto the true states. Done between
// two steps, so that all of it is of the same entry.
import type { Company } from './company.ts'
import { type Episodes, SEEDS } from './episodes.ts'
import type { Fork } from './ghost-track.ts'
import type { Loop } from './loop.ts'
import type { Parts } from './parts.ts'
import type { Run } from './run.ts'
import type { Transport } from './transport.ts'
import { troubleOf } from './troubles.ts'
import { window } from './window.ts'

/** Between the seeds of futures, a prime. */
const SEED_STEP = 7919

interface Here extends Pick<Parts, 'model' | 'tape' | 'pace'> {
  readonly run: Run
  readonly company: Company
  readonly episodes: Episodes
  readonly loop: Loop
  readonly transport: Transport
  /** says that something is another */
  tell(): void
}

export class Present {
  /** whether it is being forked or set onto the truth; truth that begins does not count */
  private busy = false
  private readonly here: Here

  constructor(here: Here) {
    this.here = here
  }

  /** Whether it can be forked, or set onto the truth. */
  get ready(): boolean {
    return this.here.run.phase === 'ready' && !this.busy
  }

  /** K futures, one fork at a time; then it plays. */
  async fork(kind: Fork, count: number): Promise<void> {
    if (!this.ready) return
    const { run, transport } = this.here
    const { playing } = transport
    transport.play()
    try {
      await this.told(this.alone(() => this.forked(kind, count)))
    } catch (error) {
      if (!playing) transport.pause()
      run.say(`No futures: ${troubleOf(error).text}`)
    }
  }

  clearGhosts(): void {
    this.here.company.clearGhosts()
    this.here.tell()
  }

  async setTruth(on: boolean): Promise<void> {
    const { company, loop } = this.here
    if (on) await this.told(company.openTruth((begin) => loop.between(begin)))
    else {
      company.closeTruth()
      this.here.tell()
    }
  }

  /** The model goes on from the last true states. */
  async ontoTruth(): Promise<void> {
    if (this.ready) await this.told(this.alone(() => this.setOnto()))
  }

  /** The true robot is drawn where the imagined one is in the picture. */
  meetTruth(): void {
    const { company, pace } = this.here
    company.meet(Math.floor(pace.playhead))
  }

  /** Throws ProblemError, ConnectionError. */
  private async forked(kind: Fork, count: number): Promise<void> {
    const { run, company, episodes, pace, tape } = this.here
    const { seed } = episodes.chosen
    const seeds = Array.from({ length: count }, (_, i) => (seed + SEED_STEP * (i + 1)) % SEEDS)
    company.clearGhosts()
    const { episode } = run
    const sessions = await run.fork(count, kind === 'actions' ? undefined : seeds)
    if (episode === run.episode) company.fork(run.stream!, sessions, kind)
    else for (const session of sessions) session.close().catch(() => {})
    pace.seek(tape.end - 1) // what was shown may be further back
  }

  private async setOnto(): Promise<void> {
    const { company, tape, model, run, episodes } = this.here
    await company.settled()
    const last = tape.end - 1
    if (!tape.hasTruth(last)) return run.say('There is no truth at the last step')
    const start = window(tape, model, (entry) => (tape.hasTruth(entry) ? tape.truth(entry) : undefined))
    const place = { x: tape.at('trueX', last), y: tape.at('trueY', last) }
    await episodes.enter({ kind: 'given', start }, episodes.chosen.seed, place)
  }

  /** One at a time, while no step is in flight. */
  private async alone(work: () => Promise<void>): Promise<void> {
    this.busy = true
    try {
      await this.here.loop.between(work)
    } finally {
      this.busy = false
    }
  }

  /** What is begun, and what has become of it, is seen. */
  private async told(work: Promise<void>): Promise<void> {
    this.here.tell()
    try {
      await work
    } finally {
      this.here.tell()
    }
  }
}
