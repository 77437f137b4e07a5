// What states are worth to a policy that learns in imagination: the critic's values of them in the units of the reward, what
// imagined returns go on with, and what keeps both honest (bootstrap.ts, popart.ts, value-agreement.ts).
import type { Rng } from '../../common/rng.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import type { Trains } from '../../learning/lanes/trains.ts'
import { normaliseInto } from '../../learning/objectives.ts'
import { type Critic, createCritic } from '../../networks/critic.ts'
import { criticValues } from '../policy/critic-values.ts'
import { rescaleValues } from '../policy/popart.ts'
import type { Anchors } from '../policy/ppo.ts'
import { type Agreement, agreement, type Earned, earned, newest } from '../policy/value-agreement.ts'
import { LONG_MEMORY, type NormaliserState, ValueNormaliser } from '../policy/value-normaliser.ts'
import type { BehaviourOptions } from './behaviour.ts'
import { bounded, SlowCritic, valueBounds } from './bootstrap.ts'

/** Real steps, in the newest episodes, that the critic is compared with. */
const JUDGED = 1000

export interface ValuationState {
  normaliser: NormaliserState
  /** parameters of the slow critic, by bucket, where there is one */
  slow?: Float32Array[] | undefined
}

export class Valuation {
  readonly normaliser: ValueNormaliser
  private readonly options: BehaviourOptions
  private readonly critic: Critic
  private readonly slow: SlowCritic

  constructor(options: BehaviourOptions) {
    const { returnMemory, targetRate } = options.hyperparameters
    this.options = options
    this.critic = createCritic(options.dims.state, options.policy.critic)
    this.normaliser = new ValueNormaliser(returnMemory < 1 ? returnMemory : LONG_MEMORY)
    this.slow = new SlowCritic(targetRate)
  }

  get state(): ValuationState {
    const { parameters } = this.slow
    return { normaliser: this.normaliser.state, ...(parameters ? { slow: parameters } : {}) }
  }

  restore({ normaliser, slow }: ValuationState): void {
    this.normaliser.restore(normaliser)
    this.slow.restore(slow)
  }

  /** What the critic sees of raw states (method.md 4.1). */
  inputs(states: Float64Array, { mean, std }: Data['statistics']): Float32Array {
    const { dims, world } = this.options
    const x = new Float32Array(states.length)
    normaliseInto(x, 0, states, 0, states.length / dims.state, { mean, std }, world.stateScale)
    return x
  }

  /** [R] normalised, of the critic as it is. @param inputs [R, S] */
  async values(inputs: Float32Array): Promise<Float32Array> {
    return this.valuesBy(await this.learner.parameters(), inputs)
  }

  /** [R] that returns go on with, in the units of the reward. @param values of the critic as it is */
  async targets(
    inputs: Float32Array,
    values: Float32Array,
    episodes: readonly Episode[],
  ): Promise<Float32Array> {
    const { boundValues, gamma } = this.options.hyperparameters
    const slow = this.slow.parameters
    const raw = this.normaliser.denormalise(slow ? await this.valuesBy(slow, inputs) : values)
    return boundValues ? bounded(raw, valueBounds(episodes, gamma)) : raw
  }

  /** Of the newest episodes' steps whose return is known, drawn with replacement; undefined where there is none. */
  async anchors(data: Data, rng: Rng): Promise<Anchors | undefined> {
    const { dims, hyperparameters } = this.options
    const { states, returns } = this.earned(data)
    if (hyperparameters.anchors === 0 || returns.length === 0) return undefined
    const chosen = Array.from({ length: hyperparameters.anchors }, () => rng.int(returns.length))
    const picked = new Float64Array(chosen.length * dims.state)
    for (const [to, from] of chosen.entries())
      picked.set(states.subarray(from * dims.state, (from + 1) * dims.state), to * dims.state)
    const inputs = this.inputs(picked, data.statistics)
    const values = await this.values(inputs)
    return { inputs, values, returns: Float32Array.from(chosen, (index) => returns[index]!) }
  }

  /** Takes in a batch's returns, before the critic learns from them. @param values normalised, changed with the units */
  async take(returns: Float32Array, values: readonly Float32Array[]): Promise<void> {
    if (this.options.hyperparameters.returnMemory === 1) return // every minibatch is taken in instead
    const isFirst = this.normaliser.state.weight === 0
    const from = this.normaliser.moments
    this.normaliser.update(returns)
    if (isFirst) return // there are no values yet that must stay what they are
    const to = this.normaliser.moments
    await rescaleValues(this.learner, this.critic, from, to)
    this.slow.rescale(this.critic, from, to)
    for (const array of values)
      for (let i = 0; i < array.length; i++) array[i] = (array[i]! * from.std + from.mean - to.mean) / to.std
  }

  /** Lets the critic learn; its slow copy follows. */
  async following<T>(learn: () => Promise<T>): Promise<T> {
    const before = (await this.learner.parameters()).map((bucket) => bucket.slice())
    const result = await learn()
    this.slow.follow(before, await this.learner.parameters())
    return result
  }

  /** The critic's values of the states of the newest episodes against what was earned from them; undefined of too short ones. */
  async agreement(data: Data): Promise<Agreement | undefined> {
    const { states, returns } = this.earned(data)
    if (returns.length === 0) return undefined
    const values = await this.values(this.inputs(states, data.statistics))
    return agreement(this.normaliser.denormalise(values), returns)
  }

  private earned({ replay }: Data): Earned {
    return earned(newest(replay.episodes, JUDGED), this.options.hyperparameters.gamma)
  }

  private valuesBy(parameters: Float32Array[], inputs: Float32Array): Promise<Float32Array> {
    return criticValues(this.critic, parameters, inputs, this.options.dims.state)
  }

  private get learner(): Trains {
    return this.options.lanes.learner('critic')
  }
}
