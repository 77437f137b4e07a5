// An environment under test: every answer is held against the contract as it arrives.
import { Rng } from '../../../common/rng.ts'
import type { AnyParallelEnv, PerAgent, ResetOptions, ResetResult, StepResult } from '../../parallel-env.ts'
import { answerOf, demand } from '../broken.ts'
import type { CheckOptions } from '../check.ts'
import { sampleActions } from '../sample-actions.ts'
import { actionSnapshot, firstDifference } from '../snapshot.ts'
import { checkVectors } from '../values.ts'
import { checkResetAnswer, checkStepAnswer } from './answers.ts'

export class GuardedEnv {
  readonly env: AnyParallelEnv
  readonly options: CheckOptions
  private readonly rng = new Rng('contract')
  private stepCount = 0

  constructor(env: AnyParallelEnv, options: CheckOptions) {
    this.env = env
    this.options = options
  }

  get running(): boolean {
    return this.env.agents.length > 0
  }

  async reset(options?: ResetOptions): Promise<ResetResult> {
    const call = options?.seed === undefined ? 'reset()' : `reset({ seed: ${options.seed} })`
    const answer = await answerOf(call, () => this.env.reset(options))
    this.stepCount = 0
    checkResetAnswer(this.env, call, answer)
    this.state()
    return answer
  }

  /** One step of the running episode, with random actions unless given. */
  async step(actions: PerAgent<ArrayLike<number>> = this.sample()): Promise<StepResult> {
    const acting = this.env.agents
    const copies = actionSnapshot(actions)
    const answer = await answerOf('step()', () => this.env.step(actions))
    this.stepCount++
    const written = firstDifference([copies], [actionSnapshot(actions)])
    demand(!written, 'step()', `wrote to the actions it was given: ${written}`)
    checkStepAnswer(this.env, acting, answer)
    this.checkLimit(answer)
    this.state()
    return answer
  }

  state(): Float64Array {
    const state: unknown = this.env.state()
    checkVectors('state()', 'the state', this.env.stateSpace, state)
    return state
  }

  /** Actions of all agents that act now, or of all there are if none does. */
  sample(rng: Rng = this.rng): PerAgent<Float64Array> {
    return sampleActions(this.env, this.running ? this.env.agents : this.env.possibleAgents, rng)
  }

  private checkLimit({ truncations }: StepResult): void {
    const { episodeLimit } = this.options
    if (episodeLimit === undefined) return
    const cut = Object.keys(truncations).find((agent) => truncations[agent])
    const given = `step ${this.stepCount} of an episode of at most ${episodeLimit}`
    demand(!cut || this.stepCount === episodeLimit, 'step()', `${cut} is truncated at ${given}`, {
      field: cut!,
    })
    demand(this.stepCount < episodeLimit || !this.running, 'step()', `the episode goes on after ${given}`)
  }
}
