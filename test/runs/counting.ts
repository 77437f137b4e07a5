// Epochs that only count.
import type { Epochs, EpochsDone } from '../../src/runs/epoch-loop.ts'
import { RunProgress } from '../../src/runs/run-progress.ts'
import { quiet } from './fixture.ts'

export type Counted = EpochsDone & { sum: number }

/** Adds each epoch's number to a sum, until the fourth. */
export class Counting implements Epochs<Counted> {
  readonly progress = new RunProgress(quiet)
  sum = 0
  closed = 0
  private epoch = 0
  private readonly act: (epoch: number) => void

  constructor(act: (epoch: number) => void = () => {}) {
    this.act = act
  }

  get steps(): number {
    return 10 * this.epoch
  }

  get finished(): boolean {
    return this.epoch >= 4
  }

  async begin(checkpoint: Counted | undefined): Promise<void> {
    this.act(0)
    this.epoch = checkpoint?.epoch ?? 0
    this.sum = checkpoint?.sum ?? 0
  }

  async run(epoch: number): Promise<void> {
    this.epoch = epoch
    this.sum += epoch
    this.act(epoch)
  }

  async state() {
    return { sum: this.sum }
  }

  async close(): Promise<void> {
    this.closed++
  }
}
