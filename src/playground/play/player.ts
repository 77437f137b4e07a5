// The playground without its looks: what a person may do. Components watch it; the scene and the plots read its tape.
import type { ModelDetail } from '../../api/models.ts'
import type { Mixer } from '../actors/mixer.ts'
import type { Actor } from '../actors/policy.ts'
import type { Body } from '../body/body.ts'
import type { SharedRun } from '../share/packed-run.ts'
import type { Tape } from '../tape/tape.ts'
import { Watched } from '../watched.ts'
import { Company } from './company.ts'
import { type Chosen, Episodes } from './episodes.ts'
import type { Terms } from './live.ts'
import { Loop } from './loop.ts'
import type { Outside } from './outside.ts'
import type { Pace } from './pace.ts'
import { type Parts, partsOf } from './parts.ts'
import { Planner } from './planner.ts'
import { Present } from './present.ts'
import { Run } from './run.ts'
import type { Source } from './source.ts'
import { Transport } from './transport.ts'

export class Player extends Watched {
  readonly model: ModelDetail
  readonly body: Body | undefined
  readonly tape: Tape
  readonly pace: Pace
  readonly mixer: Mixer
  readonly source: Source
  readonly run: Run
  readonly company: Company
  /** time */
  readonly transport: Transport
  /** futures and truth */
  readonly present: Present
  private readonly parts: Parts
  private readonly episodes: Episodes
  private readonly loop: Loop
  private wake = () => {}

  constructor(model: ModelDetail, outside: Outside, seed: number) {
    super()
    const parts = partsOf(model, outside)
    this.parts = parts
    this.model = model
    this.body = parts.body
    this.tape = parts.tape
    this.pace = parts.pace
    this.mixer = parts.mixer
    this.source = parts.source
    const tell = () => this.tell()
    this.company = new Company({ ...parts, told: (trouble) => this.told(trouble) })
    this.run = new Run(parts, {
      began: (entry) => this.episodes.began(entry),
      stepped: (entry, actions, ms) => this.stepped(entry, actions, ms),
      notTaken: (steps) => this.source.giveBack(steps),
      changed: tell,
    })
    const { run, company } = this
    const planner = new Planner(parts, run, () => this.wake())
    const episodes = new Episodes(parts, run, company, planner, seed)
    const loop = new Loop({
      ...parts,
      run,
      company,
      planner,
      seed: () => this.chosen.seed,
      exhausted: () => void this.transport.nextEpisode(),
    })
    const transport = new Transport(parts, run, episodes, loop, tell)
    this.episodes = episodes
    this.loop = loop
    this.transport = transport
    this.present = new Present({ ...parts, run, company, episodes, loop, transport, tell })
  }

  /** @param wake is called when pictures are of interest again */
  async open(wake: () => void): Promise<void> {
    this.wake = wake
    await this.transport.begin()
  }

  /** The same with an earlier run, which is done again. */
  async openShared(wake: () => void, { plan, segments }: SharedRun): Promise<void> {
    this.wake = wake
    await this.episodes.replay(segments, plan as Terms['plan'])
    this.transport.play()
  }

  get chosen(): Readonly<Chosen> {
    return this.episodes.chosen
  }

  /** Begins with what is chosen now. */
  async choose(choice: Partial<Chosen>): Promise<void> {
    Object.assign(this.episodes.chosen, choice)
    await this.transport.begin()
  }

  setActor(agent: number, actor: Actor): void {
    this.source.drop()
    this.mixer.setActor(agent, actor)
    this.tell()
  }

  /** Whoever moves a slider acts from then on. */
  setLevel(agent: number, entry: number, level: number): void {
    if (this.mixer.actors[agent] !== 'sliders' || this.source.replays) this.setActor(agent, 'sliders')
    this.mixer.levels[entry] = level
    this.tell()
  }

  /** Whether a gamepad is seen: browsers show one when it is touched. */
  get padSeen(): boolean {
    return this.parts.outside.pad() !== undefined
  }

  close(): void {
    this.loop.rest()
    this.company.close()
    this.run.close()
  }

  /** Called for every picture. Returns whether there is more to come. */
  frame(now: number): boolean {
    return this.loop.frame(now)
  }

  private stepped(entry: number, actions: number[][], ms: number): void {
    this.pace.answered(ms)
    this.company.follow(entry, actions)
    if (this.run.phase === 'over') void this.transport.afterEnd()
    this.wake()
  }

  private told(trouble?: string): void {
    if (trouble) this.run.say(trouble)
    this.wake()
  }

  private tell(): void {
    this.changed()
    this.wake()
  }
}
