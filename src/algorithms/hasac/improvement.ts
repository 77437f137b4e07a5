// HASAC inside the trainer of off-policy algorithms: its networks, and one update of all of them. Actors learn one after another,
// in random order, each against what those before have become.
import { moduleUrl } from '../../common/module-url.ts'
import type { Rng } from '../../common/rng.ts'
import { sum } from '../../common/statistics.ts'
import { type NamedTensors, tensor } from '../../common/tensors.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import { bucketFeeds } from '../../graph/bucket-tensors.ts'
import { Lanes } from '../../learning/lanes/lanes.ts'
import type { Trains } from '../../learning/lanes/trains.ts'
import { type LearnerState, servedOf } from '../../learning/learner.ts'
import { type Widths, widthsOf } from '../../networks/dimensions.ts'
import { ofAgent, type TransitionBatch } from '../off-policy/batch.ts'
import type { Improvement } from '../off-policy/improvement.ts'
import type { HasacConfig } from './config.ts'
import { LentNetworks } from './lent-networks.ts'
import { actorName, CRITIC } from './recipes.ts'
import { type TemperatureState, Temperatures } from './temperatures.ts'

const RECIPES = moduleUrl('./recipes', import.meta.url).href

export interface HasacState {
  /** by network */
  learners: Record<string, LearnerState>
  temperatures: TemperatureState
}

type Metrics = Record<string, number>

export class HasacImprovement implements Improvement<HasacState> {
  private readonly config: HasacConfig
  private readonly widths: Widths
  private readonly lanes: Lanes
  private readonly lent: LentNetworks
  private readonly temperatures: Temperatures
  private readonly actors: readonly string[]

  private constructor(config: HasacConfig, widths: Widths, lanes: Lanes, lent: LentNetworks) {
    const { temperature, alpha, temperatureLearningRate } = config.hyperparameters
    this.config = config
    this.widths = widths
    this.lanes = lanes
    this.lent = lent
    this.actors = Array.from({ length: widths.agents }, (_, n) => actorName(n))
    this.temperatures = new Temperatures({
      agents: widths.agents,
      action: widths.action,
      learningRate: temperatureLearningRate,
      fixed: temperature === 'fixed' ? alpha : undefined,
    })
  }

  /** Every update of a network waits for another's, so that all are in one lane. */
  static async open(config: HasacConfig, task: TaskSpec): Promise<HasacImprovement> {
    const widths = widthsOf(task)
    const groups = [[...task.agents.map((_, n) => actorName(n)), CRITIC]]
    const work = { recipes: RECIPES, task, config, groups }
    const lanes = await Lanes.open({ ...work, resources: { cores: 1, stepsPerCall: 1 } })
    return new HasacImprovement(config, widths, lanes, await LentNetworks.open(widths, config))
  }

  async act(observations: Float32Array, copies: number, rng?: Rng): Promise<Float32Array> {
    const { agents, action } = this.widths
    const count = copies * agents * action
    const noise = rng ? rng.normals(count) : new Float32Array(count)
    return this.lent.jointActions(await this.allActors(), observations, noise)
  }

  async update(batch: TransitionBatch, rng: Rng): Promise<Record<string, Metrics>> {
    const { criticLearningRate } = this.config.hyperparameters
    const { samples: R, inputs, actions } = batch
    const { state: S, agents: N, action: A } = this.widths
    const targets = tensor([R], await this.targets(batch, rng))
    const given = { inputs: tensor([R, S], inputs), actions: tensor([R, N * A], actions), targets }
    const critic = await this.learner(CRITIC).step(given, criticLearningRate)
    const actors = await this.actorsInTurn(batch, rng)
    this.temperatures.learnOfCritics(-sum(actors.map(({ entropy }) => entropy!)))
    return { ...Object.fromEntries(this.actors.map((name, n) => [name, actors[n]!])), [CRITIC]: critic }
  }

  figures() {
    const { actorLearningRate, criticLearningRate } = this.config.hyperparameters
    const of = (name: string, learning_rate: number, temperature: number) => {
      return [name, { update: this.learner(name).updates, learning_rate, temperature }] as const
    }
    return Object.fromEntries([
      ...this.actors.map((name, n) => of(name, actorLearningRate, this.temperatures.ofAgent(n))),
      of(CRITIC, criticLearningRate, this.temperatures.ofCritics),
    ])
  }

  async state(): Promise<HasacState> {
    const names = [...this.actors, CRITIC]
    const states = names.map(async (name) => [name, await this.learner(name).state()] as const)
    return { learners: Object.fromEntries(await Promise.all(states)), temperatures: this.temperatures.state }
  }

  async restore({ learners, temperatures }: HasacState): Promise<void> {
    for (const [name, state] of Object.entries(learners)) await this.learner(name).restore(state)
    this.temperatures.restore(temperatures)
  }

  async close(): Promise<void> {
    await this.lent.close()
    await this.lanes.close()
  }

  /** What the critics are to say: rewards so far, and the value of new actions in the state they led to, with their entropy. */
  private async targets(batch: TransitionBatch, rng: Rng): Promise<Float32Array> {
    const { rewards, discounts, nextInputs, nextObservations } = batch
    const next = { inputs: nextInputs, observations: nextObservations }
    const targets = servedOf(await this.learner(CRITIC).state())
    const noise = this.noise(batch, rng, this.widths.agents)
    const { values, logProbabilities } = await this.lent.nextValues(
      await this.allActors(),
      targets,
      next,
      noise,
    )
    const temperature = this.temperatures.ofCritics
    return rewards.map(
      (reward, r) => reward + discounts[r]! * (values[r]! - temperature * logProbabilities[r]!),
    )
  }

  /** Each by its agent's place among all. */
  private async actorsInTurn(batch: TransitionBatch, rng: Rng): Promise<Metrics[]> {
    const { agents: N, observation: O, action: A } = this.widths
    const order = rng.permutation(N)
    const joint = await this.lent.jointActions(
      await this.allActors(),
      batch.observations,
      this.noise(batch, rng, N),
    )
    const critic = bucketFeeds(CRITIC, (await this.learner(CRITIC).state()).p)
    const learned: Metrics[] = []
    for (const n of order) {
      const observations = ofAgent(batch.observations, n, N, O)
      learned[n] = await this.actorStep(n, {
        batch,
        observations,
        joint,
        critic,
        noise: this.noise(batch, rng, 1),
      })
      const actor = await this.learner(this.actors[n]!).parameters()
      const newest = await this.lent.actions(actor, observations, this.noise(batch, rng, 1))
      for (let r = 0; r < batch.samples; r++) joint.set(newest.subarray(r * A, (r + 1) * A), (r * N + n) * A)
    }
    return learned
  }

  private async actorStep(
    n: number,
    { batch, observations, joint, critic, noise }: ActorData,
  ): Promise<Metrics> {
    const { samples: R, inputs } = batch
    const { agents: N, observation: O, action: A, state: S } = this.widths
    const place = Float32Array.from({ length: N * A }, (_, i) => (Math.floor(i / A) === n ? 1 : 0))
    const others = joint.map((value, i) => (place[i % (N * A)] ? 0 : value))
    const given = {
      observations: tensor([R, O], observations),
      noise: tensor([R, A], noise),
      inputs: tensor([R, S], inputs),
      others: tensor([R, N * A], others),
      place: tensor([N * A], place),
      temperature: tensor([], Float32Array.of(this.temperatures.ofAgent(n))),
      ...critic,
    }
    const { actorLearningRate } = this.config.hyperparameters
    const metrics = await this.learner(this.actors[n]!).step(given, actorLearningRate)
    this.temperatures.learnOfAgent(n, -metrics.entropy!)
    return metrics
  }

  private noise({ samples }: TransitionBatch, rng: Rng, agents: number): Float32Array {
    return rng.normals(samples * agents * this.widths.action)
  }

  private allActors(): Promise<Float32Array[][]> {
    return Promise.all(this.actors.map((name) => this.learner(name).parameters()))
  }

  private learner(name: string): Trains {
    return this.lanes.learner(name)
  }
}

interface ActorData {
  batch: TransitionBatch
  observations: Float32Array // [R, O] of its agent
  joint: Float32Array // [R, N, A] newest actions
  critic: NamedTensors
  noise: Float32Array // [R, A]
}
