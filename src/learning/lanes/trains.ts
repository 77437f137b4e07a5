// A network in training, wherever its learner runs.
import type { Feeds } from '../../common/tensors.ts'
import type { LearnerState } from '../learner.ts'

export interface Trains {
  readonly updates: number
  /** One update; the loss, the gradient norm before clipping and the objective's metrics. */
  step(batch: Feeds, learningRate: number): Promise<Record<string, number>>
  /**
   * One update, or as many as the engine was opened to run in a call (EngineOptions.stepsPerCall).
   * @param batches [K, ...] each; given away: they are gone where the learner is in another thread
   */
  stepMany(batches: Feeds, learningRates: number[]): Promise<Record<string, number>[]>
  /** Parameters by bucket, averaged where an average is kept; valid until the next step. */
  parameters(): Promise<Float32Array[]>
  /** The state to save; valid until the next step. */
  state(): Promise<LearnerState>
  restore(state: LearnerState): Promise<void>
}
