// Learns a policy inside a world model, whichever it is (method.md 4): imagines, turns rewards into returns and advantages,
// and lets PPO improve actor and critic.
import { hashKey, Rng } from '../../common/rng.ts'
import { greatest, least, mean } from '../../common/statistics.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import type { Lanes } from '../../learning/lanes/lanes.ts'
import type { Dimensions } from '../../networks/dimensions.ts'
import type { PolicyConfig } from '../../networks/policy-sizes.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { lambdaReturns, standardised } from '../policy/advantages.ts'
import { compileActor, PolicySession } from '../policy/policy.ts'
import { type Anchors, type PpoBatch, ppoUpdate } from '../policy/ppo.ts'
import type { Agreement } from '../policy/value-agreement.ts'
import { demandFiniteImagination, type WorldNetworks } from './finite.ts'
import type { ImaginationHyperparameters } from './hyperparameters.ts'
import { type Imagined, imagine } from './imagine.ts'
import { drawStarts } from './starts.ts'
import { Valuation, type ValuationState } from './valuation.ts'

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

export interface BehaviourState extends ValuationState {
  updates: number
}

export type BehaviourMetrics = Record<'actor' | 'critic' | 'imagination', Record<string, number>>

export class Behaviour {
  private readonly options: BehaviourOptions
  private readonly valuation: Valuation
  private updates = 0

  constructor(options: BehaviourOptions) {
    this.options = options
    this.valuation = new Valuation(options)
  }

  get state(): BehaviourState {
    return { updates: this.updates, ...this.valuation.state }
  }

  restore({ updates, ...valuation }: BehaviourState): void {
    this.updates = updates
    this.valuation.restore(valuation)
  }

  /** Whether the critic knows what is earned (Valuation.agreement). */
  agreement(data: Data): Promise<Agreement | undefined> {
    return this.valuation.agreement(data)
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
    const { rollouts, termination, startDiscount } = hyperparameters
    await lanes.act(await this.graph())
    return imagine(
      (count) => drawStarts(replay, rng, count, { recency, startDiscount }, dims),
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
    const { valuation } = this
    const { lanes, hyperparameters } = this.options
    const batch = await this.batchOf(imagined, data)
    const anchors = await this.anchors(batch, data, rng)
    await valuation.take(batch.returns, [batch.values, ...(anchors ? [anchors.values] : [])])
    const learners = { actor: lanes.learner('actor'), critic: lanes.learner('critic') }
    const normalises = hyperparameters.returnMemory === 1
    const options = { ...hyperparameters, learningRate, anchors, normalises }
    const metrics = await valuation.following(() =>
      ppoUpdate(learners, batch, options, valuation.normaliser, rng),
    )
    this.updates++
    return { ...metrics, imagination: describe(imagined, batch) }
  }

  private async anchors(batch: PpoBatch, data: Data, rng: Rng): Promise<Anchors | undefined> {
    const { anchors: count } = this.options.hyperparameters
    if (count === 0) return undefined
    return (await this.valuation.anchors(data, rng)) ?? repeated(batch, count)
  }

  private async batchOf(imagined: Imagined, { replay, statistics }: Data): Promise<PpoBatch> {
    const { valuation } = this
    const { dims, hyperparameters } = this.options
    const { horizon: H, agents: N } = dims
    const inputs = valuation.inputs(imagined.states, statistics) // [B, H + 1, S]
    const values = await valuation.values(inputs)
    const raw = await valuation.targets(inputs, values, replay.episodes)
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
}

/** Imagined ones once more: the critic's batch always has as many rows. */
const repeated = ({ inputs, values, returns, samples }: PpoBatch, count: number): Anchors => {
  const rows = (array: Float32Array) => {
    const width = array.length / samples
    return Float32Array.from({ length: count * width }, (_, i) => array[i % array.length]!)
  }
  return { inputs: rows(inputs), values: rows(values), returns: rows(returns) }
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
