// What an off-policy run does in which epoch. Epochs count from 1, and are alike in their environment steps.
export interface ScheduleOptions {
  copies: number
  stepsPerCopy: number
  warmupSteps: number
  updatesPerStep: number
  capacity: number
  evaluation: { everySteps: number }
}

export class Schedule {
  /** environment steps of an epoch */
  readonly stepsEach: number
  /** epochs in all */
  readonly count: number
  /** newest blocks that the replay keeps */
  readonly blocksKept: number
  private readonly options: ScheduleOptions
  private readonly warmupEpochs: number

  /** @param steps of the run */
  constructor(steps: number, options: ScheduleOptions) {
    this.options = options
    this.stepsEach = options.copies * options.stepsPerCopy
    this.count = Math.ceil(steps / this.stepsEach)
    this.warmupEpochs = Math.ceil(options.warmupSteps / this.stepsEach)
    this.blocksKept = Math.max(1, Math.floor(options.capacity / this.stepsEach))
  }

  /** Whether it plays at random and learns nothing. */
  warmsUp(epoch: number): boolean {
    return epoch <= this.warmupEpochs
  }

  /** Updates that there are to be after the epoch, in all. */
  updatesAfter(epoch: number): number {
    const learned = Math.max(0, epoch - this.warmupEpochs) * this.stepsEach
    return Math.round(learned * this.options.updatesPerStep)
  }

  evaluates(epoch: number): boolean {
    const { everySteps } = this.options.evaluation
    const before = Math.floor(((epoch - 1) * this.stepsEach) / everySteps)
    return Math.floor((epoch * this.stepsEach) / everySteps) > before || epoch >= this.count
  }
}
