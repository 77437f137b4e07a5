// HAPPO inside the trainer of on-policy algorithms: its networks, how they learn from what was played, the policy they make.
import { moduleUrl } from '../../common/module-url.ts'
import type { Rng } from '../../common/rng.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import { Lanes, type Resources } from '../../learning/lanes/lanes.ts'
import type { LearnerState } from '../../learning/learner.ts'
import { createActor } from '../../networks/actor.ts'
import { createCritic } from '../../networks/critic.ts'
import { type Widths, widthsOf } from '../../networks/dimensions.ts'
import { compilePolicy } from '../../networks/policy-graph.ts'
import { alone, teamOf, teamWeights } from '../../networks/team.ts'
import { batchOf } from '../on-policy/batch.ts'
import type { Improvement } from '../on-policy/improvement.ts'
import type { Recording } from '../play/recording.ts'
import { criticValues } from '../policy/critic-values.ts'
import { PolicySession, weightsOf } from '../policy/policy.ts'
import { type NormaliserState, ValueNormaliser } from '../policy/value-normaliser.ts'
import type { HappoConfig } from './config.ts'
import { OwnProbabilities } from './own-probabilities.ts'
import { actorName, CRITIC } from './recipes.ts'
import { sequentialUpdate, type TeamLearners } from './sequential-update.ts'

const RECIPES = moduleUrl('./recipes', import.meta.url).href

export interface HappoState {
  /** by network */
  learners: Record<string, LearnerState>
  normaliser: NormaliserState
}

export class HappoImprovement implements Improvement<HappoState> {
  private readonly config: HappoConfig
  private readonly lanes: Lanes
  private readonly probabilities: OwnProbabilities
  private readonly widths: Widths
  private readonly actors: readonly string[]
  private readonly normaliser = new ValueNormaliser()

  private constructor(config: HappoConfig, widths: Widths, lanes: Lanes, probabilities: OwnProbabilities) {
    this.config = config
    this.widths = widths
    this.lanes = lanes
    this.probabilities = probabilities
    this.actors = actorsOf(widths)
  }

  /** @param resources with two cores or more the critic learns beside the actors, which learn one after another */
  static async open(config: HappoConfig, task: TaskSpec, resources: Resources): Promise<HappoImprovement> {
    const widths = widthsOf(task)
    const groups = [actorsOf(widths), [CRITIC]]
    const cores = Math.min(resources.cores, groups.length)
    const work = { recipes: RECIPES, task, config, groups }
    const lanes = await Lanes.open({ ...work, resources: { cores, stepsPerCall: 1 } })
    return new HappoImprovement(config, widths, lanes, await OwnProbabilities.open(widths, config.policy))
  }

  async policy(): Promise<PolicySession> {
    const { widths, config } = this
    const actors = this.actors.map((_, n) => createActor(alone(widths, n), config.policy.actor))
    const parameters = await Promise.all(this.actors.map((name) => this.parameters(name)))
    const weights = teamWeights(actors.map((actor, n) => weightsOf(actor, parameters[n]!)))
    return PolicySession.open(compilePolicy(teamOf(actors), widths, weights), widths)
  }

  async improve(recording: Recording, rng: Rng, left: number) {
    const { normaliser } = this
    const { ppo } = this.config.hyperparameters
    const batch = await batchOf(recording, this.widths, (inputs) => this.values(inputs), normaliser, ppo)
    const learning_rate = ppo.learningRate * (ppo.decay === 'linear' ? left : 1)
    const options = { ...ppo, learningRate: learning_rate }
    const { actors, critic } = await sequentialUpdate(this.team, batch, options, normaliser, rng)
    const line = (name: string, metrics: Record<string, number>) => [
      name,
      { update: this.lanes.learner(name).updates, learning_rate, loss: metrics.loss!, ...metrics },
    ]
    return Object.fromEntries([...this.actors.map((name, n) => line(name, actors[n]!)), line(CRITIC, critic)])
  }

  async state(): Promise<HappoState> {
    const states = this.networks.map(async (name) => [name, await this.lanes.learner(name).state()] as const)
    return { learners: Object.fromEntries(await Promise.all(states)), normaliser: this.normaliser.state }
  }

  async restore({ learners, normaliser }: HappoState): Promise<void> {
    for (const name of this.networks) await this.lanes.learner(name).restore(learners[name]!)
    this.normaliser.restore(normaliser)
  }

  async close(): Promise<void> {
    await this.probabilities.close()
    await this.lanes.close()
  }

  private get networks(): readonly string[] {
    return [...this.actors, CRITIC]
  }

  private get team(): TeamLearners {
    return {
      actors: this.actors.map((name) => this.lanes.learner(name)),
      critic: this.lanes.learner(CRITIC),
      logProbabilities: async (n, own) =>
        this.probabilities.of(n, await this.parameters(this.actors[n]!), own),
    }
  }

  private parameters(name: string): Promise<Float32Array[]> {
    return this.lanes.learner(name).parameters()
  }

  private async values(inputs: Float32Array): Promise<Float32Array> {
    const { state } = this.widths
    const critic = createCritic(state, this.config.policy.critic)
    return criticValues(critic, await this.parameters(CRITIC), inputs, state)
  }
}

const actorsOf = ({ agents }: Widths): string[] => Array.from({ length: agents }, (_, n) => actorName(n))
