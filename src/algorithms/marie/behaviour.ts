// Learns actor and critic inside the world model, on imagined observations (docs/marie.md): with the simulator that the server runs.
import { hashKey, Rng } from '../../common/rng.ts'
import { greatest, least, mean } from '../../common/statistics.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import type { Lanes } from '../../learning/lanes/lanes.ts'
import { type Dimensions, widthsOf } from '../../networks/dimensions.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { CONTEXT, HORIZON } from '../../worlds/marie/train/steps.ts'
import type { Trajectories } from '../../worlds/rollout.ts'
import { drawStarts } from '../imagination/starts.ts'
import { compileActor } from '../policy/policy.ts'
import { ppoUpdate } from '../policy/ppo.ts'
import { ValueNormaliser } from '../policy/value-normaliser.ts'
import type { MarieConfig } from './config.ts'
import { batchOf, seenIn } from './imagined-batch.ts'
import { openTeamValues } from './team-values.ts'

export class Behaviour {
  updates = 0
  readonly normaliser = new ValueNormaliser()
  private readonly config: MarieConfig
  private readonly dims: Dimensions
  private readonly lanes: Lanes
  private readonly critic: Awaited<ReturnType<typeof openTeamValues>>

  private constructor(config: MarieConfig, dims: Dimensions, lanes: Lanes, critic: Behaviour['critic']) {
    this.config = config
    this.dims = dims
    this.lanes = lanes
    this.critic = critic
  }

  static async open(config: MarieConfig, task: TaskSpec, lanes: Lanes): Promise<Behaviour> {
    const dims = { ...widthsOf(task), context: CONTEXT, horizon: HORIZON }
    return new Behaviour(config, dims, lanes, await openTeamValues(dims, config.policy.critic))
  }

  /** The actor as it is, as the graph of a bundle. */
  async policy(): Promise<Uint8Array> {
    return compileActor(this.dims, this.config.policy.actor, await this.lanes.learner('actor').parameters())
  }

  /** One imagined batch and all passes over it; the lanes have loaded the world model. */
  async update(data: Data, clock: PhaseClock) {
    const { lanes, normaliser } = this
    const { seed, hyperparameters } = this.config
    const rng = new Rng(seed, 'behaviour', this.updates)
    const imagined = await clock.time('imagine', () => this.imagine(data, rng))
    const seen = seenIn(imagined)
    const values = await this.critic.values(await lanes.learner('critic').parameters(), seen)
    const batch = batchOf(imagined, seen, values, normaliser, hyperparameters.behaviour)
    const learners = { actor: lanes.learner('actor'), critic: lanes.learner('critic') }
    const learned = await clock.time('behaviour', () =>
      ppoUpdate(learners, batch, hyperparameters.behaviour, normaliser, rng),
    )
    this.updates++
    return { ...learned, imagination: { ...figuresOf(imagined), lambda_return: mean(batch.returns) } }
  }

  close(): Promise<void> {
    return this.critic.close()
  }

  private async imagine({ replay, recency }: Data, rng: Rng): Promise<Trajectories> {
    const { hyperparameters, seed } = this.config
    const { rollouts, steps: horizon, startDiscount } = hyperparameters.behaviour
    const { agents, action } = this.dims
    const choice = { recency: recency ?? hyperparameters.recency, startDiscount }
    await this.lanes.act(await this.policy())
    return this.lanes.rollout({
      ...drawStarts(replay, rng, rollouts, choice, this.dims),
      horizon,
      actions: new Float32Array(rollouts * horizon * agents * action),
      seed: hashKey([seed, 'imagine', this.updates]),
      samples: Int32Array.from({ length: rollouts }, (_, row) => row), // rows of one start differ in what is drawn
      choice: { observations: 'decoded' },
      policy: { agents: new Array<boolean>(agents).fill(true), mode: 'sample', learning: true },
    })
  }
}

const figuresOf = ({ rewards, terminationProbabilities }: Trajectories) => ({
  imagined_reward: mean(rewards),
  imagined_reward_min: least(rewards),
  imagined_reward_max: greatest(rewards),
  imagined_end_share: mean(terminationProbabilities),
})
