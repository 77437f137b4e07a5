// Learns a policy inside a world model, whichever it is (method.md 4): imagines, turns rewards into returns and advantages,
// and lets PPO improve actor and critic.
import { hashKey, Rng } from '../../common/rng.ts'
import { greatest, least, mean } from '../../common/statistics.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import type { Lanes } from '../../learning/lanes/lanes.ts'
import { normaliseInto } from '../../learning/objectives.ts'
import { createCritic } from '../../networks/critic.ts'
import type { Dimensions } from '../../networks/dimensions.ts'
import type { PolicyConfig } from '../../networks/policy-sizes.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { lambdaReturns, standardised } from '../policy/advantages.ts'
import { criticValues } from '../policy/critic-values.ts'
import { compileActor, PolicySession } from '../policy/policy.ts'
import { type PpoBatch, ppoUpdate } from '../policy/ppo.ts'
import { type NormaliserState, ValueNormaliser } from '../policy/value-normaliser.ts'
import { demandFiniteImagination, type WorldNetworks } from './finite.ts'
import type { ImaginationHyperparameters } from './hyperparameters.ts'
import { type Imagined, imagine } from './imagine.ts'
import { drawStarts } from './starts.ts'

export interface BehaviourOptions {
  lanes: Lanes
  dims: Dimensions
  policy: PolicyConfig
  hyperparameters: ImaginationHyperparameters
  /** probabilities of equal groups of episodes, oldest to newest, that starts are drawn from */
  recency: readonly number[]
  world: World
  seed: number
}

/** What there is to know of the world model besides what it answers. */
export interface World {
  /** how next states are imagined */
  choice: unknown
  /** the critic sees stateScale (s - mean) / std of a state s */
  stateScale: number
  networks: WorldNetworks
}

export interface BehaviourState {
  updates: number
  normaliser: NormaliserState
}

export type BehaviourMetrics = Record<'actor' | 'critic' | 'imagination', Record<string, number>>

export class Behaviour {
  private readonly options: BehaviourOptions
  private readonly normaliser = new ValueNormaliser()
  private updates = 0

  constructor(options: BehaviourOptions) {
    this.options = options
  }

  get state(): BehaviourState {
    return { updates: this.updates, normaliser: this.normaliser.state }
  }

  restore({ updates, normaliser }: BehaviourState): void {
    this.updates = updates
    this.normaliser.restore(normaliser)
  }

  /** The bundle's policy graph as it would be now. */
  async graph(): Promise<Uint8Array> {
    const { lanes, dims, policy } = this.options
    return compileActor(dims, policy.actor, await lanes.learner('actor').parameters())
  }

  async session(): Promise<PolicySession> {
    return PolicySession.open(await this.graph(), this.options.dims)
  }

  /** One imagined batch and all passes over it; the lanes have loaded the world model. */
  async update(data: Data, learningRate: number, clock: PhaseClock): Promise<BehaviourMetrics> {
    const rng = new Rng(this.options.seed, 'behaviour', this.updates)
    const imagined = await clock.time('imagine', () => this.imagine(data, rng))
    demandFiniteImagination(imagined, this.options.dims.horizon, this.options.world.networks)
    return clock.time('behaviour', () => this.learn(imagined, data, learningRate, rng))
  }

  private async imagine({ replay }: Data, rng: Rng): Promise<Imagined> {
    const { lanes, dims, hyperparameters, recency, world, seed } = this.options
    const { rollouts, termination } = hyperparameters
    await lanes.act(await this.graph())
    return imagine(
      (count) => drawStarts(replay, rng, count, recency, dims),
      (rollout) => lanes.rollout(rollout),
      dims,
      {
        rows: rollouts,
        choice: world.choice,
        termination,
        seed: hashKey([seed, 'imagine', this.updates]),
      },
    )
  }

  private async learn(
    imagined: Imagined,
    data: Data,
    learningRate: number,
    rng: Rng,
  ): Promise<BehaviourMetrics> {
    const { lanes, hyperparameters } = this.options
    const batch = await this.batchOf(imagined, data)
    const learners = { actor: lanes.learner('actor'), critic: lanes.learner('critic') }
    const options = { ...hyperparameters, learningRate }
    const metrics = await ppoUpdate(learners, batch, options, this.normaliser, rng)
    this.updates++
    return { ...metrics, imagination: describe(imagined, batch) }
  }

  private async batchOf(imagined: Imagined, data: Data): Promise<PpoBatch> {
    const { dims, hyperparameters, world } = this.options
    const { horizon: H, agents: N, state: S } = dims
    const inputs = normalisedStates(imagined.states, data, S, world.stateScale) // [B, H + 1, S]
    const values = await this.values(inputs)
    const raw = this.normaliser.denormalise(values)
    const returns = lambdaReturns(imagined.rewards, imagined.continues, raw, H, hyperparameters)
    const before = <T extends Float32Array>(array: T) => withoutLast(array, imagined.rows, H) // drops s_H
    const old = before(raw)
    const advantages = returns.map((value, i) => value - old[i]!)
    return {
      samples: imagined.rows * H,
      agents: N,
      observations: imagined.observations,
      actions: imagined.actions,
      logProbabilities: imagined.logProbabilities,
      advantages: standardised(advantages, hyperparameters.advantageEpsilon),
      inputs: before(inputs),
      values: before(values),
      returns,
    }
  }

  private async values(inputs: Float32Array): Promise<Float32Array> {
    const { lanes, dims, policy } = this.options
    const parameters = await lanes.learner('critic').parameters()
    return criticValues(createCritic(dims.state, policy.critic), parameters, inputs, dims.state)
  }
}

/** What the critic sees of raw states (method.md 4.1). */
function normalisedStates(
  states: Float64Array,
  { statistics }: Data,
  width: number,
  scale: number,
): Float32Array {
  const x = new Float32Array(states.length)
  const moments = { mean: statistics.mean, std: statistics.std }
  normaliseInto(x, 0, states, 0, states.length / width, moments, scale)
  return x
}

/** [B, H + 1, ...] -> [B, H, ...] */
function withoutLast(array: Float32Array, rows: number, H: number): Float32Array {
  const width = array.length / (rows * (H + 1))
  const cut = new Float32Array(rows * H * width)
  for (let row = 0; row < rows; row++) {
    const first = row * (H + 1) * width
    cut.set(array.subarray(first, first + H * width), row * H * width)
  }
  return cut
}

function describe({ rewards, continues }: Imagined, { returns }: PpoBatch): Record<string, number> {
  return {
    imagined_reward: mean(rewards),
    imagined_reward_min: least(rewards),
    imagined_reward_max: greatest(rewards),
    imagined_end_share: 1 - mean(continues),
    lambda_return: mean(returns),
  }
}
