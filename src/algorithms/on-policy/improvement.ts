// What an on-policy algorithm is besides playing: networks, how they learn from what was played, and the policy they
// make. The trainer of this folder does the rest.

import type { Rng } from '../../common/rng.ts'
import type { ActingPolicy } from '../../episodes/sources/actions.ts'
import type { MetricLine } from '../../learning/learner.ts'
import type { Recording } from '../play/recording.ts'

export interface Improvement<State extends object> {
  /** The policy as it is now; the caller closes it. */
  policy(): Promise<ActingPolicy & { close(): Promise<void> }>
  /**
   * Learns from what this policy has played.
   * @param left share of the run still to come, this iteration included: 1 at first
   * @returns what to log of each network, by its name
   */
  improve(
    recording: Recording,
    rng: Rng,
    left: number,
  ): Promise<Record<string, MetricLine & { loss: number }>>
  /** Valid until the networks learn again. */
  state(): Promise<State>
  restore(state: State): Promise<void>
  close(): Promise<void>
}
