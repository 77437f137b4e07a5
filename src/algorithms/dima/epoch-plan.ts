// What an epoch has to do, and how much of a run lies behind and ahead (method.md 5). Nothing here is random or remembered.
import type { Exploration } from '../../episodes/sources/exploration/fields.ts'
import type { DimaConfig } from './config.ts'
import { learningRate, type ScheduleConfig, shareDone } from './schedule.ts'

/** Where a run is: its epoch, from 1, and the environment steps before this epoch's and now. */
export interface Position {
  epoch: number
  before: number
  steps: number
  /** which of the final epochs this is, from 1; 0 before them */
  final: number
  /** epochs that trained before this one */
  trained?: number
}

/** What of an epoch in which a policy learns its world model takes, about (docs/results.md: 52 %). */
const FINAL_SHARE = 0.5
/** Of a run's steps, when more of its episodes are played otherwise than by the policy: it is nearly what it will be. */
const LATE = 0.8

export class EpochPlan {
  private readonly config: Pick<DimaConfig, 'steps' | 'hyperparameters'>

  constructor(config: Pick<DimaConfig, 'steps' | 'hyperparameters'>) {
    this.config = config
  }

  /** The environment steps to have when the epoch has collected. */
  wanted(before: number): number {
    const { trainingEpochs, stepsPerEpoch } = this.config.hyperparameters
    return trainingEpochs > 0 || this.isFinal(before) ? this.config.steps : before + stepsPerEpoch
  }

  /** Which episodes of an epoch are played otherwise than by sampling the policy, if any are. */
  exploration(before: number): Exploration | undefined {
    const { exploration, warmupSteps } = this.config.hyperparameters
    if (exploration.share === 0 || before < warmupSteps) return undefined
    return before < LATE * this.config.steps ? exploration : { ...exploration, share: exploration.lateShare }
  }

  /** Times that all updates of an epoch are made. */
  rounds({ before, steps }: Position): number {
    const { epochRule, stepsPerEpoch, trainingEpochs } = this.config.hyperparameters
    if (epochRule === 'episodes' || trainingEpochs > 0) return 1
    return Math.max(1, Math.floor((steps - before) / stepsPerEpoch))
  }

  /** The same of the world model's: more where it trains for the first time. */
  modelRounds(position: Position): number {
    const { firstRounds } = this.config.hyperparameters
    return this.rounds(position) * (position.trained === 0 ? firstRounds : 1)
  }

  /** Whether an epoch begins with every step collected and trained on, so that only the world model has anything to learn. */
  isFinal(before: number): boolean {
    return before >= this.config.steps && this.config.hyperparameters.trainingEpochs === 0
  }

  /** Of a network of the world model. @param update 0 for its first of the run */
  modelRate(schedule: ScheduleConfig, update: number, position: Position, epochShare: number): number {
    if (position.final === 0) return learningRate(schedule, update, this.shareDone(position, epochShare))
    const done = (position.final - 1 + epochShare) / this.config.hyperparameters.finalEpochs
    return learningRate({ ...schedule, decay: 'cosine' }, update, done)
  }

  /** The share of all training before the final epochs that lies behind at a share of this epoch. */
  private shareDone({ epoch, before, steps }: Position, epochShare: number): number {
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
  epochsLeft({ epoch, steps, final }: Position): number {
    const { trainingEpochs, finalEpochs } = this.config.hyperparameters
    if (trainingEpochs > 0) return trainingEpochs - epoch
    return Math.max(0, Math.ceil((this.config.steps - steps) / (steps / epoch))) + finalEpochs - final
  }

  /** The same in epochs as long as this one: before the final ones, those count for less. */
  workLeft(position: Position): number {
    const { finalEpochs, trainingEpochs, behaviour } = this.config.hyperparameters
    const left = this.epochsLeft(position)
    const alike = position.final > 0 || trainingEpochs > 0 || behaviour.updatesPerEpoch === 0
    return alike ? left : left - (1 - FINAL_SHARE) * finalEpochs
  }

  /** Whether a policy is evaluated at the end of the epoch. */
  evaluates({ before, steps, final }: Position): boolean {
    if (final > 0) return false // it is what it was
    const { everySteps } = this.config.hyperparameters.evaluation
    return Math.floor(steps / everySteps) > Math.floor(before / everySteps) || steps >= this.config.steps
  }

  /** @param saved what the last checkpoint holds */
  finished(saved: Pick<Position, 'epoch' | 'steps' | 'final'>): boolean {
    const { trainingEpochs, finalEpochs } = this.config.hyperparameters
    if (saved.steps < this.config.steps) return false
    return trainingEpochs > 0 ? saved.epoch >= trainingEpochs : saved.final >= finalEpochs
  }
}
