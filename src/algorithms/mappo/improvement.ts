// Multi-agent PPO (Yu et al. 2022, arXiv 2103.01955, as HARL runs it; method.md 6.3): one actor that all agents share, one
// critic of the global state, several passes over what was played.
import { moduleUrl } from '../../common/module-url.ts'
import type { Rng } from '../../common/rng.ts'
import { mean } from '../../common/statistics.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import { Lanes, type Resources } from '../../learning/lanes/lanes.ts'
import type { LearnerState } from '../../learning/learner.ts'
import { createCritic } from '../../networks/critic.ts'
import { type Widths, widthsOf } from '../../networks/dimensions.ts'
import { batchOf } from '../on-policy/batch.ts'
import type { Improvement } from '../on-policy/improvement.ts'
import type { Recording } from '../play/recording.ts'
import { criticValues } from '../policy/critic-values.ts'
import { compileActor, PolicySession } from '../policy/policy.ts'
import { criticWidth } from '../policy/policy-recipes.ts'
import { ppoUpdate } from '../policy/ppo.ts'
import { type NormaliserState, ValueNormaliser } from '../policy/value-normaliser.ts'
import type { MappoConfig } from './config.ts'
import { NETWORKS } from './recipes.ts'

const RECIPES = moduleUrl('./recipes', import.meta.url).href

export interface MappoState {
  learners: Record<(typeof NETWORKS)[number], LearnerState>
  normaliser: NormaliserState
}

export class MappoImprovement implements Improvement<MappoState> {
  private readonly config: MappoConfig
  private readonly lanes: Lanes
  private readonly widths: Widths
  private readonly names: readonly string[]
  private readonly apart: boolean
  private readonly normaliser = new ValueNormaliser()

  private constructor(config: MappoConfig, task: TaskSpec, lanes: Lanes) {
    this.config = config
    this.apart = config.hyperparameters.rewards === 'per-agent'
    this.names = task.agents.map(({ name }) => name)
    this.lanes = lanes
    this.widths = widthsOf(task)
  }

  /** @param resources with two cores or more actor and critic learn side by side */
  static async open(config: MappoConfig, task: TaskSpec, resources: Resources): Promise<MappoImprovement> {
    const groups = NETWORKS.map((name) => [name])
    const cores = Math.min(resources.cores, groups.length)
    const lanes = await Lanes.open({
      recipes: RECIPES,
      task,
      config,
      resources: { cores, stepsPerCall: 1 },
      groups,
    })
    return new MappoImprovement(config, task, lanes)
  }

  async policy(): Promise<PolicySession> {
    const { config, lanes, widths } = this
    const graph = compileActor(widths, config.policy.actor, await lanes.learner('actor').parameters())
    return PolicySession.open(graph, widths)
  }

  async improve(recording: Recording, rng: Rng, left: number) {
    const { lanes, normaliser } = this
    const { ppo } = this.config.hyperparameters
    const learnsBy = { ...ppo, apart: this.apart }
    const batch = await batchOf(recording, this.widths, (inputs) => this.values(inputs), normaliser, learnsBy)
    const learning_rate = ppo.learningRate * (ppo.decay === 'linear' ? left : 1)
    const learners = { actor: lanes.learner('actor'), critic: lanes.learner('critic') }
    const options = { ...ppo, learningRate: learning_rate }
    const { actor, critic } = await ppoUpdate(learners, batch, options, normaliser, rng)
    const line = (update: number, metrics: Record<string, number>) => ({
      update,
      learning_rate,
      loss: metrics.loss!,
      ...metrics,
    })
    return {
      actor: { ...line(learners.actor.updates, actor), ...this.earned(recording) },
      critic: line(learners.critic.updates, critic),
    }
  }

  async state(): Promise<MappoState> {
    const [actor, critic] = await Promise.all(NETWORKS.map((name) => this.lanes.learner(name).state()))
    return { learners: { actor: actor!, critic: critic! }, normaliser: this.normaliser.state }
  }

  async restore({ learners, normaliser }: MappoState): Promise<void> {
    for (const name of NETWORKS) await this.lanes.learner(name).restore(learners[name])
    this.normaliser.restore(normaliser)
  }

  close(): Promise<void> {
    return this.lanes.close()
  }

  /** Mean reward of a step by agent, where they are kept apart. */
  private earned({ agentRewards }: Recording): Record<string, number> {
    if (!this.apart) return {}
    const N = this.names.length
    return Object.fromEntries(
      this.names.map((name, n) => [`reward_of_${name}`, mean(agentRewards.filter((_, i) => i % N === n))]),
    )
  }

  private async values(inputs: Float32Array): Promise<Float32Array> {
    const width = criticWidth(this.widths, this.apart)
    const parameters = await this.lanes.learner('critic').parameters()
    return criticValues(createCritic(width, this.config.policy.critic), parameters, inputs, width)
  }
}
