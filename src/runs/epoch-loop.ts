// The loop of a training, whatever is trained: epochs with a checkpoint after each, which is written while the next one goes
// on, until everything is done or someone asks to stop. Every random choice is keyed by the seed and its place in the run, so that a resumed run equals an
// uninterrupted one bit for bit.
import { removeLeftovers } from '../common/files.ts'
import type { MetricLine } from '../learning/learner.ts'
import { loadCheckpoint } from './checkpoint.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import { finiteCheckpoint, withWhatIsKept } from './diverged.ts'
import { PhaseClock } from './phase-clock.ts'
import type { RunFolder } from './run-folder.ts'
import type { RunProgress } from './run-progress.ts'
import type { RunTrainer, TrainerOptions } from './run-trainer.ts'
import { type OpenWriter, openWriter } from './write-checkpoint.ts'

/** What every checkpoint has. */
export interface EpochsDone {
  epoch: number
  environmentSteps: number
  /** wall-clock seconds of training so far */
  seconds: number
}

/** What an algorithm does in an epoch, and what it keeps between two. */
export interface Epochs<Checkpoint extends EpochsDone> {
  readonly progress: RunProgress
  /** environment steps so far */
  readonly steps: number
  /** whether nothing is left to do after the epoch that was run or restored last */
  readonly finished: boolean
  /** Goes on from a checkpoint, or begins afresh. */
  begin(checkpoint: Checkpoint | undefined): Promise<void>
  /** An epoch but for its checkpoint; the signal asks to stop, and then the epoch is lost. @param epoch from 1 */
  run(epoch: number, clock: PhaseClock, signal?: AbortSignal): Promise<void>
  /** Valid until the next epoch. */
  state(): Promise<Omit<Checkpoint, keyof EpochsDone>>
  close(): Promise<void>
}

/** What a loop is told of its run. */
export interface LoopOptions extends Pick<TrainerOptions, 'folder' | 'reporter' | 'resources'> {
  /** of checkpoints; default: in a thread of its own, or with one core in this one */
  writer?: OpenWriter
}

export class EpochLoop<Checkpoint extends EpochsDone> implements RunTrainer {
  finished = false
  private readonly epochs: Epochs<Checkpoint>
  private readonly folder: RunFolder
  private readonly opened: OpenWriter
  private readonly writer: CheckpointWriter
  private done = { epoch: 0, seconds: 0 }

  private constructor(epochs: Epochs<Checkpoint>, { folder, resources, writer }: LoopOptions) {
    this.epochs = epochs
    this.folder = folder
    this.opened = writer ?? openWriter(resources.cores)
    this.writer = new CheckpointWriter(this.path, this.opened.write)
  }

  /** Goes on from the folder's checkpoint, if there is one. The epochs are the loop's to close, also where this fails. */
  static async open<Checkpoint extends EpochsDone>(
    epochs: Epochs<Checkpoint>,
    options: LoopOptions,
  ): Promise<EpochLoop<Checkpoint>> {
    const loop = new EpochLoop(epochs, options)
    try {
      await loop.resume()
    } catch (error) {
      await loop.close()
      throw error
    }
    const { epoch } = loop.done
    if (epoch > 0) options.reporter.note(`resumed after epoch ${epoch}, ${epochs.steps} environment steps`)
    return loop
  }

  /** However it ends, the checkpoint that is being written then is whole first. */
  async run(signal?: AbortSignal): Promise<void> {
    const { writer } = this
    const stop = AbortSignal.any([writer.failed, ...(signal ? [signal] : [])])
    try {
      while (!this.finished && !stop.aborted) await this.next(stop)
    } catch (error) {
      await writer.settle().catch(() => {}) // what failed first is said
      throw withWhatIsKept(error, this.done.epoch + 1, writer.whole)
    }
    await writer.settle()
  }

  async close(): Promise<void> {
    this.epochs.progress.stop()
    await this.writer.settle().catch(() => {}) // `run` has said so
    await this.opened.close()
    await this.epochs.close()
  }

  private async resume(): Promise<void> {
    removeLeftovers(this.path)
    const checkpoint = loadCheckpoint<Checkpoint>(this.path)
    this.folder.rewindMetrics(checkpoint?.epoch ?? 0)
    await this.epochs.begin(checkpoint && finiteCheckpoint(checkpoint))
    if (!checkpoint) return
    this.writer.whole = checkpoint.epoch
    this.handedOver(checkpoint)
  }

  /** An epoch with its checkpoint, which may still be in writing at its end; the last one is not. */
  private async next(stop: AbortSignal): Promise<void> {
    const { epochs, folder, done, writer } = this
    const epoch = done.epoch + 1
    const clock = new PhaseClock()
    epochs.progress.pace.begin()
    await epochs.run(epoch, clock, stop)
    if (stop.aborted) return
    epochs.progress.pace.finish()
    await clock.time('save_wait', () => writer.settle())
    const seconds = done.seconds + clock.read().seconds!
    await clock.time('save', () => this.save({ epoch, environmentSteps: epochs.steps, seconds }))
    if (this.finished) await clock.time('save_wait', () => writer.settle())
    folder.logMetrics({ epoch, steps: epochs.steps, ...clock.read(), ...writeTime(writer) })
  }

  private async save(done: EpochsDone): Promise<void> {
    this.writer.begin(finiteCheckpoint({ ...done, ...(await this.epochs.state()) }))
    this.handedOver(done)
  }

  private handedOver({ epoch, seconds }: EpochsDone): void {
    this.done = { epoch, seconds }
    this.finished = this.epochs.finished
  }

  private get path(): string {
    return this.folder.file('checkpoint.msgpack')
  }
}

/** Of the checkpoint that was whole last: beside the run, so no phase of it. */
const writeTime = ({ seconds }: CheckpointWriter): MetricLine =>
  seconds === undefined ? {} : { checkpoint_seconds: Number(seconds.toFixed(3)) }
