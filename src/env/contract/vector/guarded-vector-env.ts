// A vector environment under test: every answer is held against the contract as it arrives, and so is what becomes of
// copies whose episodes ended.
import { Rng } from '../../../common/rng.ts'
import type { PerAgent } from '../../parallel-env.ts'
import type { VectorEnv, VectorReset, VectorResetOptions, VectorStep } from '../../vector/vector-env.ts'
import { answerOf, demand } from '../broken.ts'
import { sampleActions } from '../sample-actions.ts'
import { actionSnapshot, firstDifference } from '../snapshot.ts'
import { checkStartAnswer, checkStepAnswer } from './answers.ts'
import type { VectorCheckOptions } from './options.ts'
import { checkResetRows } from './reset-rows.ts'

export class GuardedVectorEnv {
  readonly env: VectorEnv
  readonly options: VectorCheckOptions
  /** Copies whose episode is over and that no reset has started anew. */
  ended: number[] = []
  /** Episodes that have ended so far. */
  ends = 0
  private readonly rng = new Rng('contract')
  private readonly stepCounts: number[]

  constructor(env: VectorEnv, options: VectorCheckOptions) {
    this.env = env
    this.options = options
    this.stepCounts = Array<number>(env.numEnvs).fill(0)
  }

  async reset(options: VectorResetOptions = {}): Promise<VectorReset> {
    const answer = await answerOf(callOf(options), () => this.env.reset(options))
    const isReset = (copy: number) => options.mask?.[copy] !== 0
    this.ended = this.ended.filter((copy) => !isReset(copy))
    this.stepCounts.forEach((_, copy) => {
      if (isReset(copy)) this.stepCounts[copy] = 0
    })
    checkStartAnswer(this.env, callOf(options), answer)
    return answer
  }

  /** One step of all copies, with random actions unless given. */
  async step(actions: PerAgent<ArrayLike<number>> = this.sample()): Promise<VectorStep> {
    const copies = actionSnapshot(actions)
    const answer = await answerOf('step()', () => this.env.step(actions))
    const written = firstDifference([copies], [actionSnapshot(actions)])
    demand(!written, 'step()', `wrote to the actions it was given: ${written}`)
    checkStepAnswer(this.env, answer)
    checkResetRows(this.env, this.ended, answer)
    this.count(answer)
    return answer
  }

  /** agent -> [E, A] */
  sample(rng: Rng = this.rng): PerAgent<Float64Array> {
    return sampleActions(this.env, this.env.possibleAgents, rng, this.env.numEnvs)
  }

  private count({ terminations, truncations }: VectorStep): void {
    const { autoreset } = this.env
    const before = this.ended
    this.ended = this.stepCounts.flatMap((_, copy) => (terminations[copy] || truncations[copy] ? [copy] : []))
    this.ends += this.ended.length
    this.stepCounts.forEach((_, copy) => {
      if (before.includes(copy)) this.stepCounts[copy] = autoreset === 'next_step_acted' ? 1 : 0
      else this.stepCounts[copy]!++
      this.checkLimit(copy, truncations[copy] === 1)
    })
    if (autoreset !== 'same_step') return
    for (const copy of this.ended) this.stepCounts[copy] = 0
    this.ended = []
  }

  private checkLimit(copy: number, truncated: boolean): void {
    const { episodeLimit = Number.POSITIVE_INFINITY } = this.options
    const given = `step ${this.stepCounts[copy]} of an episode of at most ${episodeLimit}`
    const atLimit = this.stepCounts[copy]! >= episodeLimit
    if (episodeLimit !== Number.POSITIVE_INFINITY)
      demand(!truncated || atLimit, 'step()', `copy ${copy} is truncated at ${given}`)
    demand(!atLimit || this.ended.includes(copy), 'step()', `copy ${copy} goes on after ${given}`)
  }
}

function callOf({ mask, seed }: VectorResetOptions): string {
  const options = [
    ...(mask ? [`mask: [${Array.from(mask)}]`] : []),
    ...(seed === undefined ? [] : [`seed: ${typeof seed === 'number' ? seed : `[${Array.from(seed)}]`}`]),
  ]
  return options.length > 0 ? `reset({ ${options.join(', ')} })` : 'reset()'
}
