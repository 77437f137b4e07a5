// The training loop (method.md 5): an epoch collects whole episodes, trains the world model on all of them, and improves
// the policy inside it. Without a policy to learn, the random one plays and only the world model is trained. Every random
// choice is keyed by the seed and its place in the run, so that a resumed run equals an uninterrupted one bit for bit.
import { DimaError } from '../../common/errors.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import { Intake } from '../../episodes/replay/intake.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import { Lanes, type Resources } from '../../learning/lanes/lanes.ts'
import type { MetricLine } from '../../learning/learner.ts'
import { loadCheckpoint, saveCheckpoint } from '../../runs/checkpoint.ts'
import { finiteCheckpoint, inEpoch } from '../../runs/diverged.ts'
import { PhaseClock } from '../../runs/phase-clock.ts'
import { evaluationOf } from '../../runs/policy-evaluation.ts'
import type { Reporter } from '../../runs/progress.ts'
import type { RunFolder } from '../../runs/run-folder.ts'
import { RunProgress } from '../../runs/run-progress.ts'
import { startTermination } from '../../worlds/dima/train/termination-start.ts'
import { dimensionsOf, NETWORK_NAMES } from '../../worlds/dima/train/world-model.ts'
import {
  createObjectives,
  type WorldModelObjectives,
} from '../../worlds/dima/train/world-model-objectives.ts'
import { trainWorldModel } from '../../worlds/dima/train/world-model-phase.ts'
import { PLANS } from '../plans-module.ts'
import type { PolicySession } from '../policy/policy.ts'
import { Behaviour } from './behaviour.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { DimaConfig } from './config.ts'
import { EpochPlan, type Position } from './epoch-plan.ts'
import { improvePolicy } from './policy-phase.ts'
import { gatherState, type Progressed, type RunParts, restoreState } from './run-state.ts'

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
  private readonly progress: RunProgress
  private readonly behaviour: Behaviour | undefined
  private policy: PolicySession | undefined
  private readonly plan: EpochPlan
  private done: Progressed = { epoch: 0, trainedEpochs: 0, finalEpochs: 0, seconds: 0 }
  /** environment steps before this epoch's */
  private before = 0
  /** what the last checkpoint holds */
  private saved = { steps: 0, epoch: 0, final: 0 }

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
    this.progress = new RunProgress(reporter)
    this.lanes = lanes
    this.stepsPerCall = stepsPerCall
    this.model = createObjectives(source.spec, config)
    this.intake = new Intake(folder, source, config.hyperparameters)
    this.plan = new EpochPlan(config)
    const { policy, hyperparameters, seed } = config
    const dims = dimensionsOf(source.spec)
    if (hyperparameters.behaviour.updatesPerEpoch > 0)
      this.behaviour = new Behaviour({ lanes, dims, policy, hyperparameters, seed })
  }

  /** Compiles everything and goes on from the folder's checkpoint, if there is one. The source stays the caller's. */
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
    const lanes = await Lanes.open({ plans: PLANS, task: source.spec, config, resources, groups })
    const trainer = new Trainer(config, folder, source, reporter, lanes, resources.stepsPerCall)
    try {
      const checkpoint = loadCheckpoint<Checkpoint>(folder.file('checkpoint.msgpack'))
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
    return this.plan.finished(this.saved)
  }

  /** Runs epochs until all steps are collected and trained on, or the signal asks to stop: then the epoch is lost. */
  async run(signal?: AbortSignal): Promise<void> {
    while (!this.finished && !signal?.aborted)
      await inEpoch(this.done.epoch + 1, this.saved.epoch, () => this.runSaved(signal))
  }

  async close(): Promise<void> {
    await this.policy?.close()
    await this.lanes.close()
  }

  /** An epoch with its checkpoint. */
  private async runSaved(signal?: AbortSignal): Promise<void> {
    const clock = new PhaseClock()
    this.progress.pace.begin()
    await this.runEpoch(clock, signal)
    if (signal?.aborted) return
    this.progress.pace.finish()
    this.done.seconds += clock.read().seconds!
    await clock.time('save', () => this.save())
    this.log(clock.read())
  }

  private async runEpoch(clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { warmupSteps } = this.config.hyperparameters
    this.before = this.intake.steps
    this.done.epoch++
    if (this.plan.isFinal(this.before)) this.done.finalEpochs++
    await clock.time('collect', () => this.collect(signal))
    if (this.intake.steps >= warmupSteps && !signal?.aborted) {
      await clock.time('world_model', () => this.trainModel(signal))
      if (this.improving) await this.learn(this.improving, clock, signal)
      this.done.trainedEpochs++
    }
    const due = this.policy !== undefined && this.plan.evaluates(this.position)
    if (due && !signal?.aborted) await clock.time('evaluate', () => this.evaluate())
  }

  /** Whose policy learns in this epoch, if it does. */
  private get improving(): Behaviour | undefined {
    const { trainedEpochs, finalEpochs } = this.done
    const { warmupEpochs } = this.config.hyperparameters.behaviour
    return trainedEpochs >= warmupEpochs && finalEpochs === 0 ? this.behaviour : undefined
  }

  private get position(): Position {
    const { epoch, finalEpochs: final } = this.done
    return { epoch, final, before: this.before, steps: this.intake.steps }
  }

  /** A line of metrics about the run as it is now. */
  private log(line: MetricLine): void {
    this.folder.logMetrics({ epoch: this.done.epoch, steps: this.intake.steps, ...line })
  }

  private collect(signal?: AbortSignal): Promise<void> {
    const onEpisode = ({ rewards, length }: Episode) => {
      const episode_return = rewards.reduce((a, b) => a + b, 0)
      this.log({ episode_return, episode_length: length })
      const { epoch, steps } = this.position
      this.reporter.status(`epoch ${epoch} collected ${steps} of ${this.config.steps} steps`)
    }
    return this.intake.fill(this.plan.wanted(this.before), onEpisode, signal, this.policy)
  }

  /** One epoch's updates of the world model, as often as the epoch rule says. */
  private async trainModel(signal?: AbortSignal): Promise<void> {
    const { hyperparameters, seed } = this.config
    const { reward } = this.model.objectives
    await startTermination(this.lanes.learner('reward'), reward, this.intake.replay, hyperparameters)
    const lines = await trainWorldModel({
      ...this.model,
      lanes: this.lanes,
      hyperparameters,
      seed,
      data: this.intake,
      epoch: this.done.epoch,
      rounds: this.plan.rounds(this.position),
      stepsPerCall: this.stepsPerCall,
      rate: (name, update, share) => this.plan.modelRate(hyperparameters[name], update, this.position, share),
      onUpdate: (name, loss, share) =>
        this.report('trains the model', this.improving ? share / 2 : share, { [name]: loss }),
      signal,
    })
    for (const line of lines) this.folder.logMetrics(line)
  }

  /** One epoch's updates of the policy, as often as the epoch rule says. */
  private async learn(behaviour: Behaviour, clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const { lanes, config, plan, position } = this
    const lines = await improvePolicy({
      behaviour,
      lanes,
      config,
      task: this.source.spec,
      data: this.intake,
      ends: this.intake.ends,
      position,
      clock,
      rounds: plan.rounds(position),
      rate: (share) => plan.behaviourRate(position, share),
      onUpdate: (losses, share) => this.report('imagines', 0.5 + share / 2, losses),
      signal,
    })
    for (const line of lines) this.folder.logMetrics(line)
    await this.takePolicy()
  }

  /** From now on the policy as it is plays. */
  private async takePolicy(): Promise<void> {
    if (!this.behaviour) return
    const policy = await this.behaviour.session()
    await this.policy?.close()
    this.policy = policy
  }

  private async evaluate(): Promise<void> {
    const { episodes } = this.config.hyperparameters.evaluation
    this.reporter.status(`epoch ${this.done.epoch} evaluates`)
    const played = await this.source.play!(this.policy!, 'mean', episodes, this.config.seed)
    const evaluation = evaluationOf(played)
    this.progress.evaluatedTo(evaluation.evaluation_return)
    this.log(evaluation)
  }

  private report(doing: string, share: number, losses: Record<string, number>): void {
    const { epoch, steps } = this.position
    this.progress.learned(losses)
    const left = this.plan.epochsLeft(this.position)
    const work = this.plan.workLeft(this.position)
    this.progress.report({ label: `epoch ${epoch} ${doing}`, epoch, share, left, work, steps })
  }

  private get parts(): RunParts {
    return {
      lanes: this.lanes,
      intake: this.intake,
      samplers: this.model.samplers,
      behaviour: this.behaviour,
    }
  }

  private async save(): Promise<void> {
    const checkpoint = finiteCheckpoint(await gatherState(this.parts, this.done))
    saveCheckpoint(this.folder.file('checkpoint.msgpack'), checkpoint)
    this.saved = this.position
  }

  private async restore(checkpoint: Checkpoint): Promise<void> {
    this.done = await restoreState(this.parts, finiteCheckpoint(checkpoint))
    this.saved = this.position
    this.reporter.note(`resumed after epoch ${this.done.epoch}, ${this.intake.steps} environment steps`)
  }
}

const NAMES: ReadonlySet<string> = new Set(NETWORK_NAMES)
