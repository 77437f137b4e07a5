// Copies of an environment that carry on from one batch to the next: their episodes last longer than a batch. Episode i
// begins from seed (seed, i), as those of VectorCollector do.
import { DimaError } from '../../common/errors.ts'
import { Rng } from '../../common/rng.ts'
import { sum } from '../../common/statistics.ts'
import type { PerAgent } from '../../env/parallel-env.ts'
import type { VectorEnv, VectorReset, VectorStep } from '../../env/vector/vector-env.ts'
import { CopyView } from '../../episodes/sources/copy-view.ts'
import { Series } from '../../episodes/sources/series.ts'
import { type Begun, replayEpisodes } from './replay-episodes.ts'

/** An episode that has ended. */
export interface End {
  copy: number
  /** the task ended it, not a time limit */
  terminated: boolean
  /** its last state, [S] */
  state: Float64Array
  /** and what the agents see of it */
  observations: Float32Array // [N, O]
  /** undiscounted team return */
  episodeReturn: number
  length: number
  /** whether the task was done in it; absent where that has no meaning */
  success?: boolean
}

export interface Outcome {
  rewards: Float32Array // [E], of the team
  agentRewards: Float32Array // [E, N]
  ends: End[]
}

/** What a checkpoint keeps: where each copy's episode began and what was done in it since. */
export interface CopiesState {
  begun: number
  episodes: Begun[]
}

interface Playing {
  resetSeed: number
  actions: Series<Float32Array> // [length, N, A]
  episodeReturn: number
  length: number
}

export class RunningCopies {
  readonly env: VectorEnv
  private readonly seed: number
  private readonly view: CopyView
  private playing: Playing[] = []
  private begun = 0
  private current: VectorReset | undefined

  constructor(env: VectorEnv, seed: number) {
    if (env.autoreset !== 'disabled' && env.autoreset !== 'same_step') {
      const message = `this algorithm has no use for steps that only reset: it wants copies with autoreset disabled or same_step, not ${env.autoreset}`
      throw new DimaError('invalid_config', message, { field: 'autoreset', given: env.autoreset })
    }
    this.env = env
    this.seed = seed
    this.view = new CopyView(env)
  }

  /** What all copies show now; the arrays are the environment's. */
  async shown(): Promise<VectorReset> {
    if (this.current) return this.current
    this.playing = Array.from({ length: this.env.numEnvs }, () => this.allot())
    this.current = await this.env.reset({ seed: this.seeds() })
    return this.current
  }

  /** Forgets the episodes in progress: all copies begin afresh. */
  restart(): void {
    this.current = undefined
  }

  /** One step of all copies; those whose episode has ended begin the next one. */
  async step(actions: PerAgent<Float32Array>): Promise<Outcome> {
    const step = await this.env.step(actions)
    const rewards = Float32Array.from(this.playing, (_, e) => this.view.reward(step, e))
    const agentRewards = this.rewardsByAgent(step)
    this.keep(actions, step)
    const ends = this.endsOf(step)
    this.current = step
    await this.beginAgain(ends)
    return { rewards, agentRewards, ends }
  }

  /** Valid until the next step. Only where a copy's episode is a function of its seed and its actions. */
  get state(): CopiesState {
    const episodes = this.playing.map(({ resetSeed, actions }) => ({ resetSeed, actions: actions.take() }))
    return { begun: this.begun, episodes: this.current ? episodes : [] }
  }

  /** Goes on after these episodes with new ones. */
  restartFrom({ begun }: CopiesState): void {
    this.begun = begun
    this.restart()
  }

  /** Plays the episodes in progress once more, up to where they were. */
  async restore(state: CopiesState): Promise<void> {
    const { episodes } = state
    this.restartFrom(state)
    if (episodes.length === 0) return
    const { shown, returns } = await replayEpisodes(this.env, episodes)
    this.playing = episodes.map(({ resetSeed, actions }, e) => {
      const series = new Series(Float32Array)
      series.push(actions)
      const length = actions.length / this.jointWidth
      return { resetSeed, actions: series, episodeReturn: returns[e]!, length }
    })
    this.current = shown
  }

  private rewardsByAgent({ rewards }: VectorStep): Float32Array {
    const names = this.env.possibleAgents
    const each = Float32Array.from({ length: this.copies * names.length }, (_, i) => {
      return rewards[names[i % names.length]!]![Math.floor(i / names.length)]!
    })
    return each
  }

  private keep(actions: PerAgent<Float32Array>, step: VectorStep): void {
    for (const [e, episode] of this.playing.entries()) {
      for (const name of this.env.possibleAgents) episode.actions.push(rowOf(actions[name]!, e, this.copies))
      episode.episodeReturn += this.view.reward(step, e)
      episode.length++
    }
  }

  /** Where copies can't be reset one by one, the end of one cuts the others, as VectorCollector has it. */
  private endsOf(step: VectorStep): End[] {
    const over = this.playing.map((_, e) => step.terminations[e] === 1 || step.truncations[e] === 1)
    const all = over.includes(true) && this.env.autoreset === 'disabled' && !this.env.subsetReset
    const copies = [...over.keys()].filter((e) => all || over[e])
    return copies.map((copy) => {
      const { state, observations } = over[copy] ? this.view.last(step, copy) : this.view.at(step, copy)
      const { episodeReturn, length } = this.playing[copy]!
      const success = this.view.success(step, copy)
      return {
        copy,
        terminated: step.terminations[copy] === 1,
        state: state.slice(),
        observations: Float32Array.from(observations.flatMap((own) => [...own])),
        episodeReturn,
        length,
        ...(success !== undefined && { success }),
      }
    })
  }

  private async beginAgain(ends: readonly End[]): Promise<void> {
    if (ends.length === 0) return
    for (const { copy } of ends) this.playing[copy] = this.allot()
    if (this.env.autoreset === 'same_step') return
    const mask = new Uint8Array(this.copies)
    for (const { copy } of ends) mask[copy] = 1
    this.current = await this.env.reset({ ...(this.env.subsetReset ? { mask } : {}), seed: this.seeds() })
  }

  private allot(): Playing {
    const resetSeed = new Rng(this.seed, 'collect', this.begun++).uint32()
    return { resetSeed, actions: new Series(Float32Array), episodeReturn: 0, length: 0 }
  }

  private get copies(): number {
    return this.env.numEnvs
  }

  private get jointWidth(): number {
    const { env } = this
    return sum(env.possibleAgents.map((name) => env.actionSpace(name).shape[0]!))
  }

  private seeds = (): number[] => this.playing.map(({ resetSeed }) => resetSeed)
}

const rowOf = (array: Float32Array, row: number, rows: number): Float32Array => {
  const width = array.length / rows
  return array.subarray(row * width, (row + 1) * width)
}
