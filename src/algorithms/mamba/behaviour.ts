// Learns actor and critic inside the world model, on latent states (docs/mamba.md): imagines with the simulator that the server runs,
// turns rewards into returns, and lets PPO improve both.
import { DimaError } from '../../common/errors.ts'
import { firstNonFinite } from '../../common/finite.ts'
import { hashKey, Rng } from '../../common/rng.ts'
import { greatest, least, mean } from '../../common/statistics.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import { advice } from '../../learning/divergence.ts'
import type { Lanes } from '../../learning/lanes/lanes.ts'
import type { Dimensions } from '../../networks/dimensions.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { latentWidth } from '../../worlds/mamba/networks/presets.ts'
import type { Trajectories } from '../../worlds/rollout.ts'
import { drawStarts } from '../imagination/starts.ts'
import type { MambaConfig } from './config.ts'
import { batchOf, type LatentBatch, partsOf } from './imagined-batch.ts'
import { latentValues } from './latent-values.ts'
import { minibatchRows } from './recipes.ts'

type Metrics = Record<string, number>

export interface BehaviourMetrics {
  actor: Metrics
  critic: Metrics
  imagination: Metrics
}

export class LatentBehaviour {
  updates = 0
  private readonly config: MambaConfig
  private readonly dims: Dimensions
  private readonly lanes: Lanes

  constructor(config: MambaConfig, dims: Dimensions, lanes: Lanes) {
    this.config = config
    this.dims = dims
    this.lanes = lanes
  }

  /** One imagined batch and all passes over it; the lanes have loaded the world model. @param policy as it is now */
  async update(data: Data, policy: Uint8Array, clock: PhaseClock): Promise<BehaviourMetrics> {
    const { seed, hyperparameters, networks } = this.config
    const rng = new Rng(seed, 'behaviour', this.updates)
    const imagined = await clock.time('imagine', () => this.imagine(data, policy, rng))
    demandFinite(imagined)
    const critic = await this.lanes.learner('critic').parameters()
    const values = await latentValues(this.dims.agents, networks, critic, imagined.drawn!.latents!)
    const batch = batchOf(imagined, values, hyperparameters.behaviour)
    const learned = await clock.time('behaviour', () => this.learn(batch, rng))
    this.updates++
    return { ...learned, imagination: describe(imagined, batch) }
  }

  private async imagine(
    { replay, recency: given }: Data,
    policy: Uint8Array,
    rng: Rng,
  ): Promise<Trajectories> {
    const { hyperparameters, seed } = this.config
    const { rollouts: B, steps: H, startDiscount } = hyperparameters.behaviour
    const { agents: N, action: A } = this.dims
    const recency = given ?? hyperparameters.recency
    await this.lanes.act(policy)
    return this.lanes.rollout({
      ...drawStarts(replay, rng, B, { recency, startDiscount }, this.dims),
      horizon: H,
      actions: new Float32Array(B * H * N * A),
      seed: hashKey([seed, 'imagine', this.updates]),
      samples: Int32Array.from({ length: B }, (_, row) => row), // rows of one start differ in what is drawn
      choice: { observations: 'decoded' },
      policy: { agents: Array<boolean>(N).fill(true), mode: 'sample', learning: true },
    })
  }

  /** The metrics of the last minibatch of each network. */
  private async learn(batch: LatentBatch, rng: Rng): Promise<Pick<BehaviourMetrics, 'actor' | 'critic'>> {
    const { behaviour } = this.config.hyperparameters
    const { rollouts, steps, passes, learningRate } = behaviour
    const [actor, critic] = [this.lanes.learner('actor'), this.lanes.learner('critic')]
    const size = minibatchRows(behaviour)
    let last: [Metrics, Metrics] = [{}, {}]
    for (let pass = 0; pass < passes; pass++)
      for (const part of partsOf(batch, rollouts * steps, size, rng))
        last = await Promise.all([
          actor.step(this.actorInputs(part), learningRate),
          critic.step(this.criticInputs(part), learningRate),
        ])
    return { actor: last[0], critic: last[1] }
  }

  private actorInputs({ latents, actions, logProbabilities, advantages }: LatentBatch) {
    const { agents: N, action: A } = this.dims
    const R = advantages.length / N
    return {
      observations: { data: latents, shape: [R, N, latentWidth(this.config.networks)] },
      actions: { data: actions, shape: [R, N, A] },
      log_probabilities: { data: logProbabilities, shape: [R, N] },
      advantages: { data: advantages, shape: [R, N] },
    }
  }

  private criticInputs({ latents, returns }: LatentBatch) {
    const { agents: N } = this.dims
    const R = returns.length / N
    return {
      latents: { data: latents, shape: [R, N, latentWidth(this.config.networks)] },
      returns: { data: returns, shape: [R, N] },
    }
  }
}

/** Imagined experience with a number that is not finite is no experience. */
function demandFinite({ drawn, actions, rewards, terminationProbabilities }: Trajectories): void {
  const parts = { latents: drawn!.latents!, actions: actions!, rewards, terminationProbabilities }
  for (const [name, values] of Object.entries(parts)) {
    const lost = firstNonFinite(values)
    if (lost < 0) continue
    const network = name === 'actions' ? 'actor' : 'world'
    const rateName = network === 'actor' ? 'behaviour.learningRate' : 'world.learningRate'
    throw new DimaError(
      'not_finite',
      `${network}: of imagined ${name} one is ${values[lost]}${advice(rateName)}`,
      {
        field: network,
        given: String(values[lost]),
      },
    )
  }
}

const describe = (
  { rewards, terminationProbabilities }: Trajectories,
  { returns }: LatentBatch,
): Metrics => ({
  imagined_reward: mean(rewards),
  imagined_reward_min: least(rewards),
  imagined_reward_max: greatest(rewards),
  imagined_end_share: mean(terminationProbabilities),
  lambda_return: mean(returns),
})
