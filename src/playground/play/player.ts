// The playground without its looks: what a person may do, and the loop that is called for every picture. Components watch
// it; the scene and the plots read its tape.
import type { ModelDetail } from '../../api/models.ts'
import { controlsOf } from '../actors/joints.ts'
import { Mixer } from '../actors/mixer.ts'
import type { Actor } from '../actors/policy.ts'
import { type Body, bodyOf, stepSecondsOf } from '../body/body.ts'
import type { SharedRun } from '../share/packed-run.ts'
import { Tape } from '../tape/tape.ts'
import { Watched } from '../watched.ts'
import { Company } from './company.ts'
import { deviationsOfModel } from './deviations.ts'
import type { Fork } from './ghost-track.ts'
import type { Terms } from './live.ts'
import type { Outside } from './outside.ts'
import { Pace } from './pace.ts'
import { Planning } from './planning.ts'
import type { Segment } from './recording.ts'
import { type Place, Run } from './run.ts'
import { Source } from './source.ts'
import { OWN, type StartChoice } from './starts.ts'
import { troubleOf } from './troubles.ts'
import { window } from './window.ts'

/** Five minutes at 20 steps a second. */
const CAPACITY = 6000
/** An episode that has ended stays to be seen for so long. */
const LAST_SIGHT_MS = 1200
/** Between the seeds of futures, a prime. */
const SEED_STEP = 7919

export class Player extends Watched {
  readonly model: ModelDetail
  readonly body: Body | undefined
  readonly tape: Tape
  readonly pace: Pace
  readonly mixer: Mixer
  readonly source: Source
  readonly run: Run
  readonly company: Company
  readonly deviations: readonly number[]
  playing = false
  /** of the next episode */
  start: StartChoice = OWN
  seed: number
  plan: Terms['plan']
  private readonly outside: Outside
  private readonly planning: Planning
  /** steps to take while it does not play */
  private owed = 0
  private wasPlaying = false
  private wake = () => {}

  constructor(model: ModelDetail, outside: Outside, seed: number) {
    super()
    const { action, state } = model.spaces
    this.model = model
    this.outside = outside
    this.seed = seed
    this.plan = model.default_plan
    this.body = bodyOf(model)
    this.pace = new Pace(stepSecondsOf(this.body))
    this.tape = new Tape(CAPACITY, state.length, model.agents.length * action.dimension)
    this.deviations = deviationsOfModel(model)
    const usual: Actor = model.policy ? 'mean' : 'random'
    this.mixer = new Mixer(
      controlsOf(model),
      action,
      action.dimension,
      model.agents.map(() => usual),
    )
    this.source = new Source(this.mixer)
    const { body, tape, mixer, deviations } = this
    const parts = { model, body, tape, mixer, deviations, outside }
    this.company = new Company({ ...parts, told: (trouble) => this.told(trouble) })
    this.run = new Run(parts, {
      began: (entry) => this.began(entry),
      stepped: (entry, actions, ms) => this.stepped(entry, actions, ms),
      notTaken: (steps) => this.source.giveBack(steps),
      changed: () => this.tell(),
    })
    this.planning = new Planning(
      model,
      (request) => this.run.stream!.plan(request),
      (error) => this.planned(error),
    )
    this.mixer.setPlan((agent, entry) => this.planning.at(this.asked, agent, entry))
  }

  /** @param wake is called when pictures are of interest again */
  async open(wake: () => void): Promise<void> {
    this.wake = wake
    await this.begin()
  }

  /** The same with an earlier run, which is done again. */
  async openShared(wake: () => void, { plan, segments }: SharedRun): Promise<void> {
    this.wake = wake
    if (plan) this.plan = plan as Terms['plan']
    await this.replay(segments)
  }

  /** The last entry that was asked for. */
  get asked(): number {
    return this.tape.end - 1 + this.run.inFlight.length
  }

  get keys(): Source['keys'] {
    return this.source.keys
  }

  get ready(): boolean {
    return this.run.phase === 'ready'
  }

  /** From what is chosen, with nothing before it. */
  async begin(): Promise<void> {
    this.source.drop()
    await this.beginAnew(this.start, this.seed)
  }

  /** Does an earlier run again. */
  async replay(segments: Segment[]): Promise<void> {
    this.source.replay(segments)
    const first = this.source.episode
    if (!first) return
    this.start = first.start
    this.seed = first.seed
    await this.beginAnew(first.start, first.seed)
    this.play()
  }

  play(): void {
    if (this.run.phase === 'failed' || this.run.phase === 'over') void this.begin()
    this.playing = true
    this.tell()
  }

  pause(): void {
    if (!this.playing) return
    this.playing = false
    this.pace.pause()
    void this.run.save()
    this.tell()
  }

  toggle(): void {
    if (this.playing) this.pause()
    else this.play()
  }

  /** One step, and then rest. */
  stepOnce(): void {
    this.playing = false
    this.pace.seek(this.tape.end - 1)
    this.owed++
    this.tell()
  }

  seek(entry: number): void {
    this.playing = false
    this.pace.seek(Math.max(this.tape.first, Math.min(this.tape.end - 1, entry)))
    this.tell()
  }

  setSpeed(speed: number): void {
    this.pace.speed = speed
    this.tell()
  }

  setActor(agent: number, actor: Actor): void {
    this.source.drop()
    this.mixer.setActor(agent, actor)
    this.tell()
  }

  /** Whoever moves a slider acts from then on. */
  setLevel(agent: number, entry: number, level: number): void {
    if (this.mixer.actors[agent] !== 'sliders') this.setActor(agent, 'sliders')
    this.mixer.levels[entry] = level
    this.tell()
  }

  /** K futures from the present on. */
  async fork(kind: Fork, count: number): Promise<void> {
    await this.settle()
    this.company.clearGhosts()
    const seeds = Array.from({ length: count }, (_, i) => (this.seed + SEED_STEP * (i + 1)) % 2 ** 32)
    try {
      const sessions = await this.run.fork(count, kind === 'luck' ? seeds : undefined)
      this.company.fork(this.run.stream!, sessions, kind)
      this.play()
    } catch (error) {
      this.run.say(`No ghosts: ${troubleOf(error).text}`)
    }
  }

  clearGhosts(): void {
    this.company.clearGhosts()
    this.tell()
  }

  async setTruth(on: boolean): Promise<void> {
    if (on) {
      const opening = this.company.openTruth(() => this.settle())
      this.tell()
      await opening
    } else this.company.closeTruth()
    this.tell()
  }

  /** The model goes on from the last true states. */
  async ontoTruth(): Promise<void> {
    await this.settle()
    await this.company.settled()
    const { tape } = this
    const last = tape.end - 1
    if (!tape.hasTruth(last)) return
    const start = window(tape, this.model, (entry) => (tape.hasTruth(entry) ? tape.truth(entry) : undefined))
    const place = { x: tape.at('trueX', last), y: tape.at('trueY', last) }
    await this.beginEpisode({ kind: 'given', start }, this.seed, place)
  }

  /** In a tab that nobody sees: all that is kept is a snapshot. */
  hide(): void {
    this.wasPlaying = this.playing
    this.pause()
  }

  show(): void {
    if (this.wasPlaying) this.play()
    this.wasPlaying = false
  }

  close(): void {
    this.playing = false
    this.company.close()
    this.run.close()
  }

  /** Called for every picture. Returns whether there is more to come. */
  frame(now: number): boolean {
    const latest = this.tape.end - 1
    const behind = this.pace.playhead < latest
    if (this.playing || (behind && this.gliding)) this.pace.advance(now, latest)
    else this.pace.pause()
    if (this.ready) while (this.wantsStep()) this.send()
    if (!behind && this.owed === 0 && this.run.inFlight.length === 0) this.gliding = false
    return this.playing || this.gliding || this.owed > 0
  }

  /** After the last step the picture has yet to get there. */
  private gliding = false

  private wantsStep(): boolean {
    const { inFlight } = this.run
    const wanted = this.playing
      ? this.pace.wants(this.asked, inFlight.length)
      : this.owed > 0 && inFlight.length === 0
    if (!wanted || this.company.late || !this.ready) return false
    if (this.source.exhausted) {
      if (inFlight.length === 0) this.nextEpisode()
      return false
    }
    return this.source.replays || this.plannerIsReady()
  }

  private send(): void {
    if (this.owed > 0) {
      this.owed--
      this.gliding = true
    }
    this.run.step(this.source.next(this.outside.pad(), this.seed))
  }

  private began(entry: number): void {
    this.planning.forget()
    this.company.begin(entry)
    this.pace.seek(entry)
  }

  private stepped(entry: number, actions: number[][], ms: number): void {
    this.pace.answered(ms)
    this.company.follow(entry, actions)
    if (this.run.phase === 'over') void this.afterEnd()
    this.wake()
  }

  /** The episode has ended: another begins. */
  private async afterEnd(): Promise<void> {
    await this.outside.sleep(LAST_SIGHT_MS)
    if (this.run.phase !== 'over') return
    if (this.source.replays) return this.nextEpisode()
    if (!this.playing) return
    const { seed } = this.run.recording.segments.at(-1)!
    await this.beginEpisode(this.start, seed + 1)
  }

  /** Of an earlier run. */
  private nextEpisode(): void {
    if (this.source.endEpisode()) {
      const { start, seed } = this.source.episode!
      void this.beginEpisode(start, seed)
      return
    }
    this.pause()
    this.gliding = true
    this.run.say('The shared run ends here. Press play to go on from it.')
  }

  private async beginAnew(start: StartChoice, seed: number): Promise<void> {
    this.run.recording.clear()
    this.tape.clear()
    this.pace.seek(0)
    await this.beginEpisode(start, seed, { x: 0, y: 0 })
  }

  private async beginEpisode(start: StartChoice, seed: number, place?: Place): Promise<void> {
    const { name, version } = this.model
    this.company.clearGhosts()
    await this.run.begin({ model: `${name}@${version}`, plan: this.plan }, start, seed, place)
  }

  private plannerIsReady(): boolean {
    const { planned, levels } = this.mixer
    if (planned.length === 0) return true
    const { tape, run } = this
    this.planning.look({
      entry: this.asked,
      start: window(tape, this.model, (entry) => tape.state(entry)),
      pending: run.inFlight.map((step) => run.actions(step.levels)),
      held: run.actions(levels),
      planned,
    })
    return this.planning.ready(this.asked, planned)
  }

  private planned(error?: unknown): void {
    if (!error) {
      this.wake()
      return
    }
    const trouble = troubleOf(error)
    if (trouble.kind === 'lost' || trouble.kind === 'busy') return
    for (const agent of this.mixer.planned) this.mixer.setActor(agent, 'hold')
    this.run.say(`The planner can't go on: ${trouble.text}`)
  }

  /** When nothing is in flight; then it plays on if it did. */
  private async settle(): Promise<void> {
    const { playing } = this
    this.playing = false
    this.owed = 0
    await this.run.settled()
    this.pace.seek(this.tape.end - 1)
    this.playing = playing
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
