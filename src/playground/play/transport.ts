// What a person does with time: play, pause, one step, to another place in it, from the start; and what follows an end.
import type { Episodes } from './episodes.ts'
import type { Loop } from './loop.ts'
import type { Parts } from './parts.ts'
import type { Run } from './run.ts'

/** An episode that has ended stays to be seen for so long. */
const LAST_SIGHT_MS = 1200

export class Transport {
  private wasPlaying = false
  private readonly parts: Pick<Parts, 'tape' | 'pace' | 'source' | 'outside'>
  private readonly run: Run
  private readonly episodes: Episodes
  private readonly loop: Loop
  private readonly tell: () => void

  /** @param tell says that something is another */
  constructor(parts: Transport['parts'], run: Run, episodes: Episodes, loop: Loop, tell: () => void) {
    this.parts = parts
    this.run = run
    this.episodes = episodes
    this.loop = loop
    this.tell = tell
  }

  get playing(): boolean {
    return this.loop.playing
  }

  /** Whether single steps are still to be seen. */
  get stepping(): boolean {
    return this.loop.stepping
  }

  /** From what is chosen, with nothing before it. */
  async begin(): Promise<void> {
    this.run.say('')
    await this.episodes.begin()
  }

  play(): void {
    this.run.say('')
    this.goOn()
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
    const { loop } = this
    const { pace, tape } = this.parts
    const behind = Math.floor(pace.playhead) < tape.end - 1
    loop.playing = false
    if (!this.goOn()) {
      if (behind && !loop.stepping) pace.seek(Math.floor(pace.playhead) + 1)
      else loop.owe()
    }
    this.tell()
  }

  seek(entry: number): void {
    const { pace, tape } = this.parts
    this.loop.rest()
    pace.seek(Math.max(tape.first, Math.min(tape.end - 1, entry)))
    this.tell()
  }

  setSpeed(speed: number): void {
    this.parts.pace.speed = speed
    this.tell()
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

  /** The episode has ended: another begins, after a look at it. */
  async afterEnd(): Promise<void> {
    const { episode } = this.run
    const { outside, source } = this.parts
    await outside.sleep(LAST_SIGHT_MS)
    if (this.run.phase !== 'over' || episode !== this.run.episode) return
    if (this.playing || source.replays) await this.nextEpisode()
  }

  async nextEpisode(): Promise<void> {
    if (await this.episodes.next()) return
    this.pause()
    this.loop.glide()
    this.run.say('The shared run ends here. Press play to go on from it.')
  }

  /** What has failed begins again, and after an end the next episode. Returns whether one begins. */
  private goOn(): boolean {
    const { phase } = this.run
    if (phase === 'failed') void this.begin()
    else if (phase === 'over') void this.nextEpisode()
    return phase === 'failed' || phase === 'over'
  }
}
