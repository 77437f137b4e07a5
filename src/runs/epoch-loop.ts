// The loop of a training, whatever is trained: epochs with a checkpoint after each, until everything is done or someone
// asks to stop. Every random choice is keyed by the seed and its place in the run, so that a resumed run equals an
// uninterrupted one bit for bit.
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { finiteCheckpoint, inEpoch } from './diverged.ts'
import { PhaseClock } from './phase-clock.ts'
import type { RunFolder } from './run-folder.ts'
import type { RunProgress } from './run-progress.ts'
import type { RunTrainer, TrainerOptions } from './run-trainer.ts'

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

export class EpochLoop<Checkpoint extends EpochsDone> implements RunTrainer {
  finished = false
  private readonly epochs: Epochs<Checkpoint>
  private readonly folder: RunFolder
  private saved = { epoch: 0, seconds: 0 }

  private constructor(epochs: Epochs<Checkpoint>, folder: RunFolder) {
    this.epochs = epochs
    this.folder = folder
  }

  /** Goes on from the folder's checkpoint, if there is one. The epochs are the loop's to close, also where this fails. */
  static async open<Checkpoint extends EpochsDone>(
    epochs: Epochs<Checkpoint>,
    { folder, reporter }: Pick<TrainerOptions, 'folder' | 'reporter'>,
  ): Promise<EpochLoop<Checkpoint>> {
    const loop = new EpochLoop(epochs, folder)
    try {
      await loop.resume()
    } catch (error) {
      await epochs.close()
      throw error
    }
    const { epoch } = loop.saved
    if (epoch > 0) reporter.note(`resumed after epoch ${epoch}, ${epochs.steps} environment steps`)
    return loop
  }

  async run(signal?: AbortSignal): Promise<void> {
    while (!this.finished && !signal?.aborted)
      await inEpoch(this.saved.epoch + 1, this.saved.epoch, () => this.next(signal))
  }

  close(): Promise<void> {
    return this.epochs.close()
  }

  private async resume(): Promise<void> {
    const checkpoint = loadCheckpoint<Checkpoint>(this.path)
    this.folder.rewindMetrics(checkpoint?.epoch ?? 0)
    await this.epochs.begin(checkpoint && finiteCheckpoint(checkpoint))
    if (checkpoint) this.kept(checkpoint)
  }

  /** An epoch with its checkpoint. */
  private async next(signal?: AbortSignal): Promise<void> {
    const { epochs, folder, saved } = this
    const epoch = saved.epoch + 1
    const clock = new PhaseClock()
    epochs.progress.pace.begin()
    await epochs.run(epoch, clock, signal)
    if (signal?.aborted) return
    epochs.progress.pace.finish()
    const seconds = saved.seconds + clock.read().seconds!
    await clock.time('save', () => this.save({ epoch, environmentSteps: epochs.steps, seconds }))
    folder.logMetrics({ epoch, steps: epochs.steps, ...clock.read() })
  }

  private async save(done: EpochsDone): Promise<void> {
    saveCheckpoint(this.path, finiteCheckpoint({ ...done, ...(await this.epochs.state()) }))
    this.kept(done)
  }

  private kept({ epoch, seconds }: EpochsDone): void {
    this.saved = { epoch, seconds }
    this.finished = this.epochs.finished
  }

  private get path(): string {
    return this.folder.file('checkpoint.msgpack')
  }
}
