// Writes a run's checkpoints behind it: while one is written the next epoch goes on. One at a time, and each whole or not
// at all, so that a run that is killed meanwhile goes on from the one before.
import type { EpochsDone } from './epoch-loop.ts'

/** Has read the checkpoint when it returns, and written it when its promise settles. */
export type WriteCheckpoint = (path: string, checkpoint: object) => Promise<void>

export class CheckpointWriter {
  /** epoch of the last checkpoint that is whole; 0 without one */
  whole = 0
  private readonly path: string
  private readonly write: WriteCheckpoint
  private readonly failure = new AbortController()
  private underWay: Promise<void> = Promise.resolve()
  private lastSeconds: number | undefined

  constructor(path: string, write: WriteCheckpoint) {
    this.path = path
    this.write = write
  }

  /** Aborts with the error of a checkpoint that could not be written. */
  get failed(): AbortSignal {
    return this.failure.signal
  }

  /** Seconds that the last whole checkpoint took to write. */
  get seconds(): number | undefined {
    return this.lastSeconds
  }

  /** Takes it over; the one before must be written. The caller may change the checkpoint when this returns. */
  begin(checkpoint: EpochsDone): void {
    const began = performance.now()
    const { epoch } = checkpoint
    const whole = () => {
      this.whole = epoch
      this.lastSeconds = (performance.now() - began) / 1000
    }
    this.underWay = this.write(this.path, checkpoint).then(whole, (error) => this.failure.abort(error))
  }

  /** Waits until what was taken over is written. Throws why it could not be: errors of the system name the file. */
  async settle(): Promise<void> {
    await this.underWay
    this.failed.throwIfAborted()
  }
}
