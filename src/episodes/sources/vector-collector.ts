// Plays and records episodes in all copies of a vector environment at once. Episode i has a random stream of its own: the
// seed of its reset, then its actions. Under `disabled` autoreset a deterministic environment therefore gives the same
// episode i whatever the number of copies; under the other modes only the first episode of each copy can be seeded.
//
// Episodes are handed out in the order in which they began: in the order of their ends short ones would come first.
import { Rng } from '../../common/rng.ts'
import type { PerAgent } from '../../env/parallel-env.ts'
import type { VectorEnv, VectorReset, VectorStep } from '../../env/vector/vector-env.ts'
import type { Episode } from '../replay/episode.ts'
import type { Actions } from './actions.ts'
import { CopyView } from './copy-view.ts'
import { EpisodeRecorder } from './recorder.ts'

export interface CollectorOptions {
  seed: number
  /** Streams of different purposes never coincide. */
  purpose: 'collect' | 'held-out' | 'evaluate'
}

/** A copy and the episode it plays; without a recorder it waits for its first observation. */
interface Playing {
  index: number
  resetSeed: number
  rng: Rng
  recorder?: EpisodeRecorder
}

export class VectorCollector {
  private readonly env: VectorEnv
  private readonly options: CollectorOptions
  private readonly actions: Actions
  private shown: PerAgent<Float64Array> = {}
  private readonly view: CopyView
  private copies: Playing[] = []
  private readonly finished = new Map<number, Episode>()
  /** the next episode to begin, and the next to hand out */
  private begun = 0
  private taken = 0

  constructor(env: VectorEnv, options: CollectorOptions, actions: Actions) {
    this.env = env
    this.options = options
    this.actions = actions
    this.view = new CopyView(env)
  }

  /**
   * The next whole episodes from `first` on: at least one, no more than are needed for `steps` steps. After a failure
   * the unfinished episodes are forgotten, and the next call starts all copies afresh.
   */
  async take(first: number, steps: number): Promise<Episode[]> {
    if (first !== this.taken) this.restart(first)
    try {
      while (!this.finished.has(this.taken)) await this.advance()
    } catch (error) {
      this.restart(first)
      throw error
    }
    return this.handOut(steps)
  }

  private handOut(steps: number): Episode[] {
    const episodes: Episode[] = []
    for (let sum = 0; sum < steps && this.finished.has(this.taken); this.taken++) {
      const episode = this.finished.get(this.taken)!
      this.finished.delete(this.taken)
      episodes.push(episode)
      sum += episode.length
    }
    return episodes
  }

  private restart(first: number): void {
    this.copies = []
    this.finished.clear()
    this.begun = this.taken = first
  }

  private async advance(): Promise<void> {
    if (this.copies.length === 0) await this.beginAll()
    await this.actions.see(this.shown)
    for (const [e, copy] of this.copies.entries())
      this.actions.draw(e, copy.recorder ? copy.rng : this.between(copy))
    const step = await this.env.step(this.actions.values)
    this.shown = step.observations
    for (const e of this.copies.keys()) this.record(e, step)
    if (this.env.autoreset === 'disabled') await this.resetEnded()
  }

  /** A step that resets has an action too, which belongs to no episode. */
  private between = ({ index }: Playing): Rng =>
    new Rng(this.options.seed, this.options.purpose, 'between', index)

  private record(e: number, step: VectorStep): void {
    const copy = this.copies[e]!
    const [terminated, truncated] = [step.terminations[e] === 1, step.truncations[e] === 1]
    const ended = terminated || truncated
    if (!copy.recorder) {
      // The step across the boundary is no transition: the episode begins with what it shows.
      if (!ended) this.show(e, this.view.at(step, e))
      return
    }
    const next = ended ? this.view.last(step, e) : this.view.at(step, e)
    copy.recorder.step(this.actions.of(e), this.view.reward(step, e), next)
    if (!ended) return
    this.finish(e, copy.recorder.finish(terminated, truncated), this.view.success(step, e))
    if (this.env.autoreset === 'same_step') this.show(e, this.view.at(step, e))
  }

  /** Copy e shows the first of the episode that it plays. */
  private show(e: number, first: ConstructorParameters<typeof EpisodeRecorder>[0]): void {
    const copy = this.copies[e]!
    const { seed, purpose } = this.options
    copy.recorder = new EpisodeRecorder(first)
    this.actions.shown?.(e, new Rng(seed, purpose, 'memory', copy.index))
  }

  private async beginAll(): Promise<void> {
    this.copies = Array.from({ length: this.env.numEnvs }, (_, e) => this.allot(e))
    this.begin(await this.env.reset({ seed: this.seeds() }))
  }

  private async resetEnded(): Promise<void> {
    if (this.copies.every(({ recorder }) => recorder)) return
    if (!this.env.subsetReset) this.cutAll()
    const mask = this.copies.map(({ recorder }) => (recorder ? 0 : 1))
    this.begin(await this.env.reset({ ...(this.env.subsetReset ? { mask } : {}), seed: this.seeds() }))
  }

  /** Where copies can't be reset one by one, the end of one cuts the others: as a time limit does, not as a failure. */
  private cutAll(): void {
    for (const [e, { recorder }] of this.copies.entries())
      if (recorder) this.finish(e, recorder.finish(false, true))
  }

  /** Keeps what copy e has played, and gives it the next episode. */
  private finish(e: number, episode: Episode, success?: boolean): void {
    const played = this.actions.playedIn?.(e)
    this.finished.set(this.copies[e]!.index, {
      ...episode,
      ...(success !== undefined && { success }),
      ...(played && { played }),
    })
    this.copies[e] = this.allot(e)
  }

  private begin(first: VectorReset): void {
    this.shown = first.observations
    for (const [e, { recorder }] of this.copies.entries()) if (!recorder) this.show(e, this.view.at(first, e))
  }

  private allot(e: number): Playing {
    const index = this.begun++
    this.actions.begin?.(e, index)
    const rng = new Rng(this.options.seed, this.options.purpose, index)
    return { index, resetSeed: rng.uint32(), rng }
  }

  private seeds = (): number[] => this.copies.map(({ resetSeed }) => resetSeed)
}
