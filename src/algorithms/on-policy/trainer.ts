// The epochs of on-policy algorithms, their iterations: each plays the same number of steps in every copy, learns from
// them and forgets them.
import { Rng } from '../../common/rng.ts'
import type { ActingPolicy } from '../../episodes/sources/actions.ts'
import type { MetricLine } from '../../learning/learner.ts'
import { type Widths, widthsOf } from '../../networks/dimensions.ts'
import { EpochLoop, type Epochs, type EpochsDone } from '../../runs/epoch-loop.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { evaluate } from '../../runs/policy-evaluation.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { RunProgress } from '../../runs/run-progress.ts'
import type { RunTrainer, TrainerOptions } from '../../runs/run-trainer.ts'
import { copiesOf, isRepeatable } from '../play/copies-of-source.ts'
import { logEnds } from '../play/log-ends.ts'
import { type Recording, record } from '../play/recording.ts'
import type { CopiesState, RunningCopies } from '../play/running-copies.ts'
import type { Improvement } from './improvement.ts'

export interface OnPolicyConfig extends RunConfig {
  hyperparameters: {
    copies: number
    stepsPerCopy: number
    evaluation: { everySteps: number; episodes: number }
  }
}

export interface OnPolicyCheckpoint<State> extends EpochsDone {
  /** of the algorithm: its networks and what it keeps besides */
  algorithm: State
  copies: CopiesState
}

/**
 * Goes on from the folder's checkpoint, if there is one. The source stays the caller's.
 * @param open the algorithm; it is closed with the trainer
 */
export async function openTrainer<State extends object>(
  config: OnPolicyConfig,
  options: TrainerOptions,
  open: () => Promise<Improvement<State>>,
): Promise<RunTrainer> {
  const copies = copiesOf(options.source, config)
  return EpochLoop.open(new Iterations(config, options, copies, await open()), options)
}

class Iterations<State extends object> implements Epochs<OnPolicyCheckpoint<State>> {
  readonly progress: RunProgress
  private readonly config: OnPolicyConfig
  private readonly options: TrainerOptions
  private readonly copies: RunningCopies
  private readonly improvement: Improvement<State>
  private readonly widths: Widths
  private policy: (ActingPolicy & { close(): Promise<void> }) | undefined
  private epoch = 0

  constructor(
    config: OnPolicyConfig,
    options: TrainerOptions,
    copies: RunningCopies,
    improvement: Improvement<State>,
  ) {
    this.config = config
    this.options = options
    this.copies = copies
    this.improvement = improvement
    this.progress = new RunProgress(options.reporter)
    this.widths = widthsOf(options.source.spec)
  }

  get steps(): number {
    return this.epoch * this.stepsEach
  }

  get finished(): boolean {
    return this.epoch >= this.count
  }

  async begin(checkpoint: OnPolicyCheckpoint<State> | undefined): Promise<void> {
    if (checkpoint) {
      const { epoch, algorithm, copies } = checkpoint
      this.epoch = epoch
      await this.improvement.restore(algorithm)
      if (isRepeatable(this.options.source)) await this.copies.restore(copies)
      else this.copies.restartFrom(copies)
    }
    this.policy = await this.improvement.policy()
  }

  async run(epoch: number, clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    this.epoch = epoch
    const recording = await clock.time('collect', () => this.collect(signal))
    if (!recording) return
    await clock.time('behaviour', () => this.learn(recording))
    if (this.evaluationDue && !signal?.aborted) await clock.time('evaluate', () => this.evaluate())
  }

  async state() {
    return { algorithm: await this.improvement.state(), copies: this.copies.state }
  }

  async close(): Promise<void> {
    await this.policy?.close()
    await this.improvement.close()
  }

  private async collect(signal?: AbortSignal): Promise<Recording | undefined> {
    const { config, epoch, before } = this
    this.progress.status(`epoch ${epoch} plays, ${before} of ${config.steps} steps`)
    const rng = new Rng(config.seed, 'actions', epoch)
    const { stepsPerCopy } = config.hyperparameters
    const recording = await record(this.copies, this.policy!, stepsPerCopy, this.widths, rng, signal)
    if (recording) logEnds(this.options.folder, recording, epoch, before)
    return recording
  }

  private async learn(recording: Recording): Promise<void> {
    const { config, epoch, count } = this
    const rng = new Rng(config.seed, 'minibatches', epoch)
    const lines = await this.improvement.improve(recording, rng, 1 - (epoch - 1) / count)
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
    return Math.floor(this.steps / everySteps) > Math.floor(this.before / everySteps) || this.finished
  }

  private async evaluate(): Promise<void> {
    const { source } = this.options
    const { episodes } = this.config.hyperparameters.evaluation
    const evaluation = await evaluate(source, this.policy!, episodes, this.config.seed)
    if (!source.playsApart) this.copies.restart()
    this.progress.evaluatedTo(evaluation.evaluation_return)
    this.log(evaluation)
    this.report()
  }

  private log(line: MetricLine): void {
    this.options.folder.logMetrics({ epoch: this.epoch, steps: this.steps, ...line })
  }

  private report(): void {
    const { epoch, count, steps } = this
    this.progress.report({ label: `epoch ${epoch} of ${count}`, epoch, share: 1, left: count - epoch, steps })
  }

  /** Environment steps of an iteration. */
  private get stepsEach(): number {
    const { copies, stepsPerCopy } = this.config.hyperparameters
    return copies * stepsPerCopy
  }

  /** Iterations in all. */
  private get count(): number {
    return Math.ceil(this.config.steps / this.stepsEach)
  }

  private get before(): number {
    return this.steps - this.stepsEach
  }
}
