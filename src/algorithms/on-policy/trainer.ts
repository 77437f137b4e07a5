// The training loop of on-policy algorithms: an iteration plays the same number of steps in every copy, learns from them
// and forgets them. It is the epoch of the run's files. Every random choice is keyed by the seed and its place in the
// run, so that a resumed run equals an uninterrupted one bit for bit wherever episodes can be played again.
import { DimaError } from '../../common/errors.ts'
import { Rng } from '../../common/rng.ts'
import type { ActingPolicy } from '../../episodes/sources/actions.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import type { MetricLine } from '../../learning/learner.ts'
import type { Dimensions } from '../../networks/dimensions.ts'
import { loadCheckpoint, saveCheckpoint } from '../../runs/checkpoint.ts'
import { finiteCheckpoint, inEpoch } from '../../runs/diverged.ts'
import { PhaseClock } from '../../runs/phase-clock.ts'
import { evaluationOf } from '../../runs/policy-evaluation.ts'
import { RunProgress } from '../../runs/run-progress.ts'
import type { RunTrainer, TrainerOptions } from '../../runs/run-trainer.ts'
import type { RunConfig } from '../../runs/train-flags.ts'
import { dimensionsOf } from '../../worlds/dima/train/world-model.ts'
import type { Improvement } from './improvement.ts'
import { type Recording, record } from './recording.ts'
import { type CopiesState, RunningCopies } from './running-copies.ts'

export interface OnPolicyConfig extends RunConfig {
  hyperparameters: {
    copies: number
    stepsPerCopy: number
    evaluation: { everySteps: number; episodes: number }
  }
}

export interface OnPolicyCheckpoint<State> {
  epoch: number
  environmentSteps: number
  /** wall-clock seconds of training so far */
  seconds: number
  /** of the algorithm: its networks and what it keeps besides */
  algorithm: State
  copies: CopiesState
}

type ClosablePolicy = ActingPolicy & { close(): Promise<void> }

export class OnPolicyTrainer<State extends object> implements RunTrainer {
  private readonly config: OnPolicyConfig
  private readonly options: TrainerOptions
  private readonly improvement: Improvement<State>
  private readonly copies: RunningCopies
  private readonly dims: Dimensions
  private readonly progress: RunProgress
  private policy: ClosablePolicy | undefined
  private epoch = 0
  private seconds = 0
  /** iterations that the last checkpoint holds */
  private saved = 0

  private constructor(
    config: OnPolicyConfig,
    options: TrainerOptions,
    improvement: Improvement<State>,
    copies: RunningCopies,
  ) {
    this.config = config
    this.options = options
    this.progress = new RunProgress(options.reporter)
    this.improvement = improvement
    this.copies = copies
    this.dims = dimensionsOf(options.source.spec)
  }

  /** Goes on from the folder's checkpoint, if there is one. Takes over the improvement; the source stays the caller's. */
  static async create<State extends object>(
    config: OnPolicyConfig,
    options: TrainerOptions,
    improvement: Improvement<State>,
  ): Promise<OnPolicyTrainer<State>> {
    try {
      const { source, folder } = options
      if (!source.copies || !source.play) throw unplayable(config.algorithm)
      const copies = new RunningCopies(source.copies, config.seed)
      const trainer = new OnPolicyTrainer(config, options, improvement, copies)
      const checkpoint = loadCheckpoint<OnPolicyCheckpoint<State>>(folder.file('checkpoint.msgpack'))
      folder.rewindMetrics(checkpoint?.epoch ?? 0)
      if (checkpoint) await trainer.restore(checkpoint)
      trainer.policy = await improvement.policy()
      return trainer
    } catch (error) {
      await improvement.close()
      throw error
    }
  }

  get finished(): boolean {
    return this.saved >= this.iterations
  }

  /** Runs iterations until all steps are played, or the signal asks to stop: then the iteration is lost. */
  async run(signal?: AbortSignal): Promise<void> {
    while (!this.finished && !signal?.aborted)
      await inEpoch(this.epoch + 1, this.saved, () => this.runSaved(signal))
  }

  async close(): Promise<void> {
    await this.policy?.close()
    await this.improvement.close()
  }

  /** An iteration with its checkpoint. */
  private async runSaved(signal?: AbortSignal): Promise<void> {
    const clock = new PhaseClock()
    this.progress.pace.begin()
    this.epoch++
    await this.iterate(clock, signal)
    if (signal?.aborted) return
    this.progress.pace.finish()
    this.seconds += clock.read().seconds!
    await clock.time('save', () => this.save())
    this.log(clock.read())
  }

  private async iterate(clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    const recording = await clock.time('collect', () => this.collect(signal))
    if (!recording) return
    await clock.time('behaviour', () => this.learn(recording))
    if (this.evaluationDue && !signal?.aborted) await clock.time('evaluate', () => this.evaluate())
  }

  private async collect(signal?: AbortSignal): Promise<Recording | undefined> {
    const { config, epoch } = this
    this.options.reporter.status(`epoch ${epoch} plays, ${this.before} of ${config.steps} steps`)
    const rng = new Rng(config.seed, 'actions', epoch)
    const { stepsPerCopy } = config.hyperparameters
    const recording = await record(this.copies, this.policy!, stepsPerCopy, this.dims, rng, signal)
    for (const { row, episodeReturn, length } of recording?.ends ?? []) {
      const steps = this.before + (Math.floor(row / recording!.copies) + 1) * recording!.copies
      this.options.folder.logMetrics({ epoch, steps, episode_return: episodeReturn, episode_length: length })
    }
    return recording
  }

  private async learn(recording: Recording): Promise<void> {
    const { config, epoch, iterations } = this
    const rng = new Rng(config.seed, 'minibatches', epoch)
    const lines = await this.improvement.improve(recording, rng, 1 - (epoch - 1) / iterations)
    for (const [network, metrics] of Object.entries(lines)) {
      this.log({ network, ...metrics })
      this.progress.learned({ [network]: metrics.loss })
    }
    this.report()
    await this.policy?.close()
    this.policy = await this.improvement.policy()
  }

  private get evaluationDue(): boolean {
    const { everySteps } = this.config.hyperparameters.evaluation
    const passed = Math.floor(this.steps / everySteps) > Math.floor(this.before / everySteps)
    return passed || this.epoch === this.iterations
  }

  private async evaluate(): Promise<void> {
    const { source } = this.options
    const { episodes } = this.config.hyperparameters.evaluation
    const evaluation = evaluationOf(await source.play!(this.policy!, 'mean', episodes, this.config.seed))
    if (!source.playsApart) this.copies.restart()
    this.progress.evaluatedTo(evaluation.evaluation_return)
    this.log(evaluation)
    this.report()
  }

  private log(line: MetricLine): void {
    this.options.folder.logMetrics({ epoch: this.epoch, steps: this.steps, ...line })
  }

  private report(): void {
    const { epoch, iterations, steps } = this
    const label = `epoch ${epoch} of ${iterations}`
    this.progress.report({ label, epoch, share: 1, left: iterations - epoch, steps })
  }

  private get iterationSteps(): number {
    const { copies, stepsPerCopy } = this.config.hyperparameters
    return copies * stepsPerCopy
  }

  private get iterations(): number {
    return Math.ceil(this.config.steps / this.iterationSteps)
  }

  /** Environment steps, this iteration's included. */
  private get steps(): number {
    return this.epoch * this.iterationSteps
  }

  private get before(): number {
    return this.steps - this.iterationSteps
  }

  private async save(): Promise<void> {
    const { epoch, seconds, steps } = this
    const checkpoint = finiteCheckpoint<OnPolicyCheckpoint<State>>({
      epoch,
      environmentSteps: steps,
      seconds,
      algorithm: await this.improvement.state(),
      copies: this.copies.state,
    })
    saveCheckpoint(this.options.folder.file('checkpoint.msgpack'), checkpoint)
    this.saved = epoch
  }

  private async restore(checkpoint: OnPolicyCheckpoint<State>): Promise<void> {
    const { epoch, seconds, algorithm, copies } = finiteCheckpoint(checkpoint)
    this.epoch = this.saved = epoch
    this.seconds = seconds
    await this.improvement.restore(algorithm)
    if (isRepeatable(this.options.source)) await this.copies.restore(copies)
    else this.copies.restartFrom(copies)
    this.options.reporter.note(`resumed after epoch ${epoch}, ${this.steps} environment steps`)
  }
}

/** Whether an episode is a function of its seed and its actions. */
function isRepeatable({ origin, copies }: EpisodeSource): boolean {
  const deterministic = origin.kind === 'environment' || (origin.kind === 'bridge' && origin.deterministic)
  return deterministic && copies?.autoreset === 'disabled' && copies.subsetReset
}

const unplayable = (algorithm: string) =>
  new DimaError('invalid_config', `${algorithm} needs an environment to play in`, { field: 'algorithm' })
