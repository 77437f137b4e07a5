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
import type { Fork } from './ghost-track.ts'
import type { Terms } from './live.ts'
import { Loop } from './loop.ts'
import type { Outside } from './outside.ts'
import type { Pace } from './pace.ts'
import { type Parts, partsOf } from './parts.ts'
import { Planner } from './planner.ts'
import { Present } from './present.ts'
import { Run } from './run.ts'
import type { Source } from './source.ts'
import { troubleOf } from './troubles.ts'

/** An episode that has ended stays to be seen for so long. */
const LAST_SIGHT_MS = 1200

export class Player extends Watched {
  readonly model: ModelDetail
  readonly body: Body | undefined
  readonly tape: Tape
  readonly pace: Pace
  readonly mixer: Mixer
  readonly source: Source
  readonly run: Run
  readonly company: Company
  private readonly parts: Parts
  private readonly episodes: Episodes
  private readonly loop: Loop
  private readonly present: Present
  private wasPlaying = false
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
    this.company = new Company({ ...parts, told: (trouble) => this.told(trouble) })
    this.run = new Run(parts, {
      began: (entry) => this.episodes.began(entry),
      stepped: (entry, actions, ms) => this.stepped(entry, actions, ms),
      notTaken: (steps) => this.source.giveBack(steps),
      changed: () => this.tell(),
    })
    const { run, company } = this
    const planner = new Planner(parts, run, () => this.wake())
    this.episodes = new Episodes(parts, run, company, planner, seed)
    this.loop = new Loop({
      ...parts,
      run,
      company,
      planner,
      seed: () => this.chosen.seed,
      exhausted: () => void this.nextEpisode(),
    })
    this.present = new Present(parts, run, company, this.episodes, this.loop)
  }

  /** @param wake is called when pictures are of interest again */
  async open(wake: () => void): Promise<void> {
    this.wake = wake
    await this.begin()
  }

  /** The same with an earlier run, which is done again. */
  async openShared(wake: () => void, { plan, segments }: SharedRun): Promise<void> {
    this.wake = wake
    await this.episodes.replay(segments, plan as Terms['plan'])
    this.play()
  }

  get chosen(): Readonly<Chosen> {
    return this.episodes.chosen
  }

  get keys(): Source['keys'] {
    return this.source.keys
  }

  get playing(): boolean {
    return this.loop.playing
  }

  /** Whether single steps are still to be seen. */
  get stepping(): boolean {
    return this.loop.stepping
  }

  /** Whether the present can be forked, or set onto the truth. */
  get ready(): boolean {
    return this.run.phase === 'ready' && !this.present.busy
  }

  /** Begins with what is chosen now. */
  async choose(choice: Partial<Chosen>): Promise<void> {
    Object.assign(this.episodes.chosen, choice)
    await this.begin()
  }

  /** From what is chosen, with nothing before it. */
  async begin(): Promise<void> {
    this.run.say('')
    await this.episodes.begin()
  }

  play(): void {
    this.run.say('')
    if (this.run.phase === 'failed') void this.begin()
    if (this.run.phase === 'over') void this.nextEpisode()
    this.loop.playing = true
    this.tell()
  }

  pause(): void {
    if (!this.playing) return
    this.loop.rest()
    void this.run.save()
    this.tell()
  }

  toggle(): void {
    if (this.playing) this.pause()
    else this.play()
  }

  /** One step, and then rest. Back in time: the next one that there is. */
  stepOnce(): void {
    const { loop, pace, tape, run } = this
    const behind = Math.floor(pace.playhead) < tape.end - 1
    loop.playing = false
    if (run.phase === 'failed') void this.begin()
    else if (run.phase === 'over') void this.nextEpisode()
    else if (behind && !loop.stepping) pace.seek(Math.floor(pace.playhead) + 1)
    else loop.owe()
    this.tell()
  }

  seek(entry: number): void {
    this.loop.rest()
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
    if (this.mixer.actors[agent] !== 'sliders' || this.source.replays) this.setActor(agent, 'sliders')
    this.mixer.levels[entry] = level
    this.tell()
  }

  /** K futures from the present on, one fork at a time; then it plays. */
  async fork(kind: Fork, count: number): Promise<void> {
    if (!this.ready) return
    const { playing } = this
    this.play()
    const forked = this.present.fork(kind, count)
    this.tell()
    try {
      await forked
    } catch (error) {
      if (!playing) this.pause()
      this.run.say(`No ghosts: ${troubleOf(error).text}`)
    }
    this.tell()
  }

  clearGhosts(): void {
    this.company.clearGhosts()
    this.tell()
  }

  async setTruth(on: boolean): Promise<void> {
    if (on) {
      const opening = this.present.openTruth()
      this.tell()
      await opening
    } else this.company.closeTruth()
    this.tell()
  }

  /** The model goes on from the last true states. */
  async ontoTruth(): Promise<void> {
    if (!this.ready) return
    const begun = this.present.ontoTruth()
    this.tell()
    await begun
    this.tell()
  }

  /** The true robot is drawn where the imagined one is in the picture. */
  meetTruth(): void {
    this.company.meet(Math.floor(this.pace.playhead))
  }

  /** Whether a gamepad is seen: browsers show one when it is touched. */
  get padSeen(): boolean {
    return this.parts.outside.pad() !== undefined
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
    if (this.run.phase === 'over') void this.afterEnd()
    this.wake()
  }

  /** The episode has ended: another begins. */
  private async afterEnd(): Promise<void> {
    const { episode } = this.run
    await this.parts.outside.sleep(LAST_SIGHT_MS)
    if (this.run.phase !== 'over' || episode !== this.run.episode) return
    if (this.playing || this.source.replays) await this.nextEpisode()
  }

  private async nextEpisode(): Promise<void> {
    if (await this.episodes.next()) return
    this.pause()
    this.loop.glide()
    this.run.say('The shared run ends here. Press play to go on from it.')
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
