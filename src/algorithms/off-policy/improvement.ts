// What an off-policy algorithm is besides playing and keeping: networks, how they learn from a batch of transitions, and how
// they act. The trainer of this folder does the rest.
import type { Rng } from '../../common/rng.ts'
import type { MetricLine } from '../../learning/learner.ts'
import type { TransitionBatch } from './batch.ts'

export interface Improvement<State extends object> {
  /**
   * Joint actions of all copies, [E, N, A].
   * @param observations [E, N, O]
   * @param rng that they are sampled with; undefined: those that the policy thinks best
   */
  act(observations: Float32Array, copies: number, rng?: Rng): Promise<Float32Array>
  /**
   * One update of all networks.
   * @returns the numbers to log of each network, by its name
   */
  update(batch: TransitionBatch, rng: Rng): Promise<Record<string, Record<string, number>>>
  /** What is logged of each network besides, by its name. */
  figures(): Record<string, MetricLine>
  /** Valid until the next update. */
  state(): Promise<State>
  restore(state: State): Promise<void>
  close(): Promise<void>
}
