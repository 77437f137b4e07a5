// The epochs of off-policy algorithms: each plays the same number of steps in every copy, keeps them, and learns from all
// that is kept. The first ones play at random and learn nothing.
import { Rng } from '../../common/rng.ts'
import type { ActingPolicy } from '../../episodes/sources/actions.ts'
import { type Widths, widthsOf } from '../../networks/dimensions.ts'
import { EpochLoop, type Epochs, type EpochsDone } from '../../runs/epoch-loop.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { evaluate } from '../../runs/policy-evaluation.ts'
import type { RunConfig } from '../../runs/run-config.ts'
import { RunProgress } from '../../runs/run-progress.ts'
import type { RunTrainer, TrainerOptions } from '../../runs/run-trainer.ts'
import { copiesOf, isRepeatable } from '../play/copies-of-source.ts'
import { logEnds } from '../play/log-ends.ts'
import { type Choose, type Recording, recordChosen } from '../play/recording.ts'
import type { CopiesState, RunningCopies } from '../play/running-copies.ts'
import { drawTransitions, type WalkOptions } from './batch.ts'
import { blockOf } from './block.ts'
import { BlockFiles } from './block-files.ts'
import type { Improvement } from './improvement.ts'
import { Schedule, type ScheduleOptions } from './schedule.ts'
import { Transitions } from './transitions.ts'
import { UpdateMeans } from './update-means.ts'

export interface OffPolicyConfig extends RunConfig {
  hyperparameters: RunConfig['hyperparameters'] &
    WalkOptions &
    ScheduleOptions & { evaluation: { episodes: number } }
}

export interface OffPolicyCheckpoint<State> extends EpochsDone {
  /** of the algorithm: its networks and what it keeps besides */
  algorithm: State
  copies: CopiesState
  /** updates so far */
  updates: number
}

/**
 * Goes on from the folder's checkpoint, if there is one. The source stays the caller's.
 * @param open the algorithm; it is closed with the trainer
 */
export async function openTrainer<State extends object>(
  config: OffPolicyConfig,
  options: TrainerOptions,
  open: () => Promise<Improvement<State>>,
): Promise<RunTrainer> {
  const copies = copiesOf(options.source, config)
  return EpochLoop.open(new OffPolicyEpochs(config, options, copies, await open()), options)
}

class OffPolicyEpochs<State extends object> implements Epochs<OffPolicyCheckpoint<State>> {
  readonly progress: RunProgress
  private readonly config: OffPolicyConfig
  private readonly options: TrainerOptions
  private readonly copies: RunningCopies
  private readonly improvement: Improvement<State>
  private readonly widths: Widths
  private readonly transitions: Transitions
  private readonly files: BlockFiles
  private readonly schedule: Schedule
  private epoch = 0
  private updates = 0
  /** whether the copies began afresh since the last block */
  private fresh = true

  constructor(
    config: OffPolicyConfig,
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
    this.schedule = new Schedule(config.steps, config.hyperparameters)
    this.transitions = new Transitions(config.hyperparameters.capacity)
    this.files = new BlockFiles(options.folder.file('replay'))
  }

  get steps(): number {
    return this.epoch * this.schedule.stepsEach
  }

  get finished(): boolean {
    return this.epoch >= this.schedule.count
  }

  async begin(checkpoint: OffPolicyCheckpoint<State> | undefined): Promise<void> {
    if (!checkpoint) return
    const { epoch, algorithm, copies, updates } = checkpoint
    this.epoch = epoch
    this.updates = updates
    for (let e = Math.max(1, epoch - this.schedule.blocksKept + 1); e <= epoch; e++)
      this.transitions.add(this.files.load(e))
    await this.improvement.restore(algorithm)
    const repeatable = isRepeatable(this.options.source)
    this.fresh = !repeatable || copies.episodes.length === 0
    if (repeatable) await this.copies.restore(copies)
    else this.copies.restartFrom(copies)
  }

  async run(epoch: number, clock: PhaseClock, signal?: AbortSignal): Promise<void> {
    this.epoch = epoch
    const recording = await clock.time('collect', () => this.collect(signal))
    if (!recording) return
    this.keep(recording)
    await clock.time('behaviour', () => this.learn(signal))
    if (this.schedule.evaluates(epoch) && !signal?.aborted)
      await clock.time('evaluate', () => this.evaluate())
  }

  async state() {
    const { copies, updates } = this
    return { algorithm: await this.improvement.state(), copies: copies.state, updates }
  }

  close(): Promise<void> {
    return this.improvement.close()
  }

  private async collect(signal?: AbortSignal): Promise<Recording | undefined> {
    const { config, epoch, before } = this
    const { warmupSteps, stepsPerCopy } = config.hyperparameters
    const words = this.warmsUp
      ? `warms up with random actions, ${before} of ${warmupSteps} steps`
      : `plays, ${before} of ${config.steps} steps`
    this.progress.pace.does(this.warmsUp ? 'warm-up' : 'both')
    this.progress.status(`epoch ${epoch} ${words}`)
    const rng = new Rng(config.seed, 'actions', epoch)
    const choose = this.warmsUp ? atRandom(rng, this.widths) : this.sampled(rng)
    const recording = await recordChosen(this.copies, choose, stepsPerCopy, this.widths, signal)
    if (recording) logEnds(this.options.folder, recording, epoch, before)
    return recording
  }

  private sampled(rng: Rng): Choose {
    return async (seen, copies) => ({
      actions: await this.improvement.act(seen, copies, rng),
      logProbabilities: new Float32Array(copies * this.widths.agents), // nobody asks for them
    })
  }

  private keep(recording: Recording): void {
    const block = blockOf(recording, this.widths, this.fresh)
    this.fresh = false
    this.files.save(this.epoch, block)
    this.files.forget(this.epoch, this.schedule.blocksKept)
    this.transitions.add(block)
  }

  private async learn(signal?: AbortSignal): Promise<void> {
    const { hyperparameters, seed } = this.config
    const due = this.schedule.updatesAfter(this.epoch) - this.updates
    const means = new UpdateMeans()
    for (let done = 0; done < due && !signal?.aborted; done++) {
      const rng = new Rng(seed, 'update', this.updates)
      const batch = drawTransitions(this.transitions, hyperparameters, this.widths, rng)
      means.add(await this.improvement.update(batch, rng))
      this.updates++
      this.report((done + 1) / due, means.losses)
    }
    if (signal?.aborted) return
    if (due === 0) return this.report(1, {})
    const figures = this.improvement.figures()
    for (const line of means.lines()) this.log({ ...line, ...figures[line.network as string] })
  }

  private get warmsUp(): boolean {
    return this.schedule.warmsUp(this.epoch)
  }

  /** Environment steps before this epoch's. */
  private get before(): number {
    return this.steps - this.schedule.stepsEach
  }

  private async evaluate(): Promise<void> {
    const { source } = this.options
    const { episodes } = this.config.hyperparameters.evaluation
    const best: ActingPolicy = {
      act: async (seen, copies) => {
        const mean = await this.improvement.act(seen, copies)
        return { mean, std: new Float32Array(mean.length) }
      },
    }
    const evaluation = await evaluate(source, best, episodes, this.config.seed)
    if (!source.playsApart) {
      this.copies.restart()
      this.fresh = true
    }
    this.progress.evaluatedTo(evaluation.evaluation_return)
    this.log(evaluation)
  }

  private log(line: Parameters<TrainerOptions['folder']['logMetrics']>[0]): void {
    this.options.folder.logMetrics({ epoch: this.epoch, steps: this.steps, ...line })
  }

  private report(share: number, losses: Record<string, number>): void {
    const { epoch, steps } = this
    const { count } = this.schedule
    this.progress.learned(losses)
    this.progress.report({ label: `epoch ${epoch} of ${count}`, epoch, share, left: count - epoch, steps })
  }
}

/** Uniform in -1..1. */
const atRandom =
  (rng: Rng, { agents: N, action: A }: Widths): Choose =>
  async (_, copies) => {
    const actions = new Float32Array(copies * N * A)
    for (let i = 0; i < actions.length; i++) actions[i] = 2 * rng.uniform() - 1
    return { actions, logProbabilities: new Float32Array(copies * N) }
  }
