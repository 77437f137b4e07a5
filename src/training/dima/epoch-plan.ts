// What an epoch has to do, and how much of a run lies behind and ahead (dima.md 5). Nothing here is random or remembered.
import type { DimaConfig } from '../run/train-config.ts'
import { shareDone } from './schedule.ts'

/** Where a run is: its epoch, from 1, and the environment steps before this epoch's and now. */
export interface Position {
  epoch: number
  before: number
  steps: number
}

export class EpochPlan {
  private readonly config: Pick<DimaConfig, 'steps' | 'hyperparameters'>

  constructor(config: Pick<DimaConfig, 'steps' | 'hyperparameters'>) {
    this.config = config
  }

  /** The environment steps to have when the epoch has collected. */
  wanted(before: number): number {
    const { trainingEpochs, stepsPerEpoch } = this.config.hyperparameters
    return trainingEpochs > 0 ? this.config.steps : before + stepsPerEpoch
  }

  /** Times that all updates of an epoch are made. */
  rounds({ before, steps }: Position): number {
    const { epochRule, stepsPerEpoch, trainingEpochs } = this.config.hyperparameters
    if (epochRule === 'episodes' || trainingEpochs > 0) return 1
    return Math.max(1, Math.floor((steps - before) / stepsPerEpoch))
  }

  /** The share of all training that lies behind at a share of this epoch, for learning rates. */
  shareDone({ epoch, before, steps }: Position, epochShare: number): number {
    const { trainingEpochs, warmupSteps: warmup } = this.config.hyperparameters
    if (trainingEpochs > 0) return (epoch - 1 + epochShare) / trainingEpochs
    return shareDone({ before, after: steps, warmup, total: this.config.steps }, epochShare)
  }

  /** Of the policy, at a share of this epoch. */
  behaviourRate(position: Position, epochShare: number): number {
    const { learningRate, decay } = this.config.hyperparameters.behaviour
    return decay === 'linear' ? learningRate * (1 - this.shareDone(position, epochShare)) : learningRate
  }

  /** Epochs after this one; with collection in turn, at the length of the epochs so far. */
  epochsLeft({ epoch, steps }: Position): number {
    const { trainingEpochs } = this.config.hyperparameters
    if (trainingEpochs > 0) return trainingEpochs - epoch
    return Math.max(0, Math.ceil((this.config.steps - steps) / (steps / epoch)))
  }

  /** Whether a policy is evaluated at the end of the epoch. */
  evaluates({ before, steps }: Position): boolean {
    const { everySteps } = this.config.hyperparameters.evaluation
    return Math.floor(steps / everySteps) > Math.floor(before / everySteps) || steps >= this.config.steps
  }

  /** @param saved what the last checkpoint holds */
  finished(saved: Pick<Position, 'epoch' | 'steps'>): boolean {
    return saved.steps >= this.config.steps && saved.epoch >= this.config.hyperparameters.trainingEpochs
  }
}
