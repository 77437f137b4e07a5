// The training loop (dima.md 5): an epoch collects whole episodes, trains the world model on all of them, and improves
// the policy inside it. Without a policy to learn, the random one plays and only the world model is trained. Every random
// choice is keyed by the seed and its place in the run, so that a resumed run equals an uninterrupted one bit for bit.
import { DimaError } from '../../common/errors.ts'
import type { PolicySession } from '../behaviour/policy.ts'
import { evaluationOf } from '../evaluation/policy-evaluation.ts'
import { Lanes, type Resources } from '../learning/lanes/lanes.ts'
import type { Episode } from '../replay/episode.ts'
import { Intake } from '../replay/intake.ts'
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '../run/checkpoint.ts'
import { Pace } from '../run/pace.ts'
import { PhaseClock } from '../run/phase-clock.ts'
import type { Reporter } from '../run/progress.ts'
import type { RunFolder } from '../run/run-folder.ts'
import type { DimaConfig } from '../run/train-config.ts'
import type { EpisodeSource } from '../sources/source.ts'
import { imaginationOf } from '../world-model/trained-model.ts'
import { dimensionsOf, NETWORK_NAMES } from '../world-model/world-model.ts'
import { createObjectives, type WorldModelObjectives } from '../world-model/world-model-objectives.ts'
import { trainWorldModel } from '../world-model/world-model-phase.ts'
import { Behaviour } from './behaviour.ts'
import { shareDone } from './schedule.ts'

/** Networks that the lanes are dealt: actor and critic learn when the world model does not. */
const GROUPS = [['denoiser', 'actor'], ['reward', 'critic'], ['decoder']]

export class Trainer {
  private readonly config: DimaConfig
  private readonly folder: RunFolder
  private readonly source: EpisodeSource
  private readonly reporter: Reporter
  private readonly lanes: Lanes
  private readonly stepsPerCall: number
  private readonly model: WorldModelObjectives
  private readonly intake: Intake
  private readonly pace = new Pace()
  private readonly behaviour: Behaviour | undefined
  private policy: PolicySession | undefined
  private epoch = 0
  private trainedEpochs = 0
  private seconds = 0
  /** what the last checkpoint holds */
  private saved = { steps: 0, epoch: 0 }
  private readonly losses: Record<string, number> = {}
  private evaluated: number | undefined

  private constructor(
    config: DimaConfig,
    folder: RunFolder,
    source: EpisodeSource,
    reporter: Reporter,
    lanes: Lanes,
    stepsPerCall: number,
  ) {
    this.config = config
    this.folder = folder
    this.source = source
    this.reporter = reporter
    this.lanes = lanes
    this.stepsPerCall = stepsPerCall
    this.model = createObjectives(source.spec, config)
    this.intake = new Intake(folder, source, config.hyperparameters.capacity)
    const { policy, hyperparameters, seed } = config
    const dims = dimensionsOf(source.spec)
    if (hyperparameters.behaviour.updatesPerEpoch > 0)
      this.behaviour = new Behaviour({ lanes, dims, policy, hyperparameters, seed })
  }

  /**
   * Compiles everything and goes on from the folder's checkpoint, if there is one. The source stays the caller's.
   */
  static async create(
    config: DimaConfig,
    folder: RunFolder,
    source: EpisodeSource,
    reporter: Reporter,
    resources: Resources = { cores: 1, stepsPerCall: 1 },
  ): Promise<Trainer> {
    const learns = config.hyperparameters.behaviour.updatesPerEpoch > 0
    if (learns && !source.play)
      throw new DimaError('invalid_config', 'a policy needs an environment to play in', {
        field: 'algorithm',
      })
    const groups = learns ? GROUPS : GROUPS.map((group) => group.filter((name) => NAMES.has(name)))
    const lanes = await Lanes.open({ task: source.spec, config, resources, groups })
    const trainer = new Trainer(config, folder, source, reporter, lanes, resources.stepsPerCall)
    try {
      const checkpoint = loadCheckpoint(folder.file('checkpoint.msgpack'))
      folder.rewindMetrics(checkpoint?.epoch ?? 0)
      if (checkpoint) await trainer.restore(checkpoint)
      await trainer.takePolicy()
    } catch (error) {
      await trainer.close()
      throw error
    }
    return trainer
  }

  get finished(): boolean {
    const { trainingEpochs } = this.config.hyperparameters
    return this.saved.steps >= this.config.steps && this.saved.epoch >= trainingEpochs
  }

  /** Runs epochs until all steps are collected and trained on, or the signal asks to stop: then the epoch is lost. */
  async run(signal?: AbortSignal): Promise<void> {
    while (!this.finished && !signal?.aborted) {
      const clock = new PhaseClock()
      this.pace.begin()
      await this.runEpoch(clock, signal)
      if (signal?.aborted) return
      this.pace.finish()
      this.seconds += clock.read().seconds!
      await clock.time('save', () => this.save())
      this.folder.logMetrics({ epoch: this.epoch, steps: this.intake.steps, ...clock.read() })
    }
  }

  async close(): Promise<void> {
    await this.policy?.close()
    await this.lanes.close()
  }

  private async runEpoch(clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { trainingEpochs, stepsPerEpoch, warmupSteps, behaviour } = this.config.hyperparameters
    const before = this.intake.steps
    this.epoch++
    const wanted = trainingEpochs > 0 ? this.config.steps : before + stepsPerEpoch
    await clock.time('collect', () => this.collect(wanted, signal))
    if (this.intake.steps >= warmupSteps && !signal?.aborted) {
      await clock.time('world_model', () => this.trainModel(before, signal))
      this.trainedEpochs++
      if (this.trainedEpochs > behaviour.warmupEpochs) await this.learn(before, clock, signal)
    }
    if (this.evaluationDue(before) && !signal?.aborted) await clock.time('evaluate', () => this.evaluate())
  }

  private collect(wanted: number, signal?: AbortSignal): Promise<void> {
    const onEpisode = ({ rewards, length }: Episode) => {
      const { epoch } = this
      const { steps } = this.intake
      const episode_return = rewards.reduce((a, b) => a + b, 0)
      this.folder.logMetrics({ epoch, steps, episode_return, episode_length: length })
      this.reporter.status(`epoch ${epoch} collected ${steps} of ${this.config.steps} steps`)
    }
    return this.intake.fill(wanted, onEpisode, signal, this.policy)
  }

  /** One epoch's updates of the world model, as often as the epoch rule says. */
  private async trainModel(before: number, signal?: AbortSignal): Promise<void> {
    const { hyperparameters, seed } = this.config
    const lines = await trainWorldModel({
      ...this.model,
      lanes: this.lanes,
      hyperparameters,
      seed,
      data: this.intake,
      epoch: this.epoch,
      rounds: this.rounds(before),
      stepsPerCall: this.stepsPerCall,
      shareDone: (epochShare) => this.shareDone(before, epochShare),
      onUpdate: (name, loss, share) =>
        this.report('trains the model', this.behaviour ? share / 2 : share, { [name]: loss }),
      signal,
    })
    for (const line of lines) this.folder.logMetrics(line)
  }

  private rounds(before: number): number {
    const { epochRule, stepsPerEpoch, trainingEpochs } = this.config.hyperparameters
    if (epochRule === 'episodes' || trainingEpochs > 0) return 1
    return Math.max(1, Math.floor((this.intake.steps - before) / stepsPerEpoch))
  }

  /** One epoch's updates of the policy, in the world model as it is now. */
  private async learn(before: number, clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { behaviour, epoch } = this
    if (!behaviour) return
    const parameters = await Promise.all(NETWORK_NAMES.map((name) => this.lanes.learner(name).parameters()))
    const { spec, graphs } = imaginationOf(this.source.spec, this.config, this.intake.statistics, parameters)
    await clock.time('imagine', () => this.lanes.load(spec, graphs))
    const { updatesPerEpoch, learningRate, decay } = this.config.hyperparameters.behaviour
    const updates = updatesPerEpoch * this.rounds(before)
    for (let i = 0; i < updates && !signal?.aborted; i++) {
      const learning_rate =
        decay === 'linear' ? learningRate * (1 - this.shareDone(before, i / updates)) : learningRate
      const { imagination, actor, critic } = await behaviour.update(this.intake, learning_rate, clock)
      this.report('imagines', 0.5 + (i + 1) / updates / 2, { actor: actor.loss!, critic: critic.loss! })
      if (i + 1 < updates) continue
      const { updates: update } = behaviour.state
      this.folder.logMetrics({ epoch, network: 'actor', update, learning_rate, ...actor })
      this.folder.logMetrics({ epoch, network: 'critic', update, learning_rate, ...critic })
      const true_reward = meanReward(this.newest)
      const { steps } = this.intake
      this.folder.logMetrics({ epoch, steps, ...imagination, true_reward, policy_std: actor.policy_std! })
    }
    await this.takePolicy()
  }

  /** From now on the policy as it is plays. */
  private async takePolicy(): Promise<void> {
    if (!this.behaviour) return
    const policy = await this.behaviour.session()
    await this.policy?.close()
    this.policy = policy
  }

  private evaluationDue(before: number): boolean {
    const { everySteps } = this.config.hyperparameters.evaluation
    const passed = Math.floor(this.intake.steps / everySteps) > Math.floor(before / everySteps)
    return this.policy !== undefined && (passed || this.intake.steps >= this.config.steps)
  }

  private async evaluate(): Promise<void> {
    const { episodes } = this.config.hyperparameters.evaluation
    this.reporter.status(`epoch ${this.epoch} evaluates`)
    const played = await this.source.play!(this.policy!, 'mean', episodes, this.config.seed)
    const evaluation = evaluationOf(played)
    this.evaluated = evaluation.evaluation_return
    this.folder.logMetrics({ epoch: this.epoch, steps: this.intake.steps, ...evaluation })
  }

  private get newest(): Episode {
    return this.intake.replay.episodes.at(-1)!
  }

  /** The share of all training that lies behind at a point of this epoch, for the learning rate. */
  private shareDone(before: number, epochShare: number): number {
    const { trainingEpochs, warmupSteps: warmup } = this.config.hyperparameters
    if (trainingEpochs > 0) return (this.epoch - 1 + epochShare) / trainingEpochs
    return shareDone({ before, after: this.intake.steps, warmup, total: this.config.steps }, epochShare)
  }

  private report(doing: string, share: number, losses: Record<string, number>): void {
    Object.assign(this.losses, losses)
    const { epoch, evaluated } = this
    const left = this.epochsLeft()
    this.reporter.update({
      label: `epoch ${epoch} ${doing}`,
      done: (epoch - 1 + share) / (epoch + left),
      steps: this.intake.steps,
      ...(evaluated === undefined ? {} : { evaluated }),
      losses: this.losses,
      secondsLeft: this.pace.secondsLeft(share, left),
    })
  }

  /** Epochs after this one; with collection in turn, at the length of the epochs so far. */
  private epochsLeft(): number {
    const { trainingEpochs } = this.config.hyperparameters
    if (trainingEpochs > 0) return trainingEpochs - this.epoch
    const stepsPerEpoch = this.intake.steps / this.epoch
    return Math.max(0, Math.ceil((this.config.steps - this.intake.steps) / stepsPerEpoch))
  }

  private async save(): Promise<void> {
    const { episodes, steps, statistics } = this.intake
    const { mean, variance, count } = statistics
    const { samplers } = this.model
    const names = [...NETWORK_NAMES, ...(this.behaviour ? ['actor', 'critic'] : [])]
    const states = await Promise.all(names.map((name) => this.lanes.learner(name).state()))
    saveCheckpoint(this.folder.file('checkpoint.msgpack'), {
      epoch: this.epoch,
      episodes,
      environmentSteps: steps,
      seconds: this.seconds,
      statistics: { count, mean, variance },
      visits: { decoder: samplers.decoder.visits, reward: samplers.reward.visits },
      learners: Object.fromEntries(names.map((name, i) => [name, states[i]!])) as Checkpoint['learners'],
      ...(this.behaviour
        ? { behaviour: { ...this.behaviour.state, trainedEpochs: this.trainedEpochs } }
        : {}),
    })
    this.saved = { steps, epoch: this.epoch }
  }

  private async restore(checkpoint: Checkpoint): Promise<void> {
    this.intake.restore(checkpoint.episodes)
    this.epoch = checkpoint.epoch
    this.trainedEpochs = checkpoint.behaviour?.trainedEpochs ?? 0
    this.seconds = checkpoint.seconds
    this.saved = { steps: this.intake.steps, epoch: this.epoch }
    Object.assign(this.intake.statistics, checkpoint.statistics)
    this.model.samplers.decoder.restore(checkpoint.visits.decoder, this.intake.replay)
    this.model.samplers.reward.restore(checkpoint.visits.reward, this.intake.replay)
    for (const [name, state] of Object.entries(checkpoint.learners))
      await this.lanes.learner(name).restore(state)
    if (checkpoint.behaviour) this.behaviour?.restore(checkpoint.behaviour)
    this.reporter.note(`resumed after epoch ${this.epoch}, ${this.intake.steps} environment steps`)
  }
}

const NAMES: ReadonlySet<string> = new Set(NETWORK_NAMES)

const meanReward = ({ rewards, length }: Episode): number => rewards.reduce((a, b) => a + b, 0) / length
