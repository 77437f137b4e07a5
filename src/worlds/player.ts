// Who acts for all agents of several copies of a true environment at once, and may remember what was seen and done in each.
import type { Rng } from '../common/rng.ts'

export interface Player {
  /** A copy shows the first observation of an episode. @param rng the episode's own, for what is drawn besides actions */
  begin?(copy: number, rng: Rng): void
  /** What all copies show, [E, N, O], to what actions are drawn from, [E, N, A] each. */
  act(observations: Float32Array, copies: number): Promise<{ mean: Float32Array; std: Float32Array }>
  /** @param actions of one copy, agent by agent; they may be written again later */
  took?(copy: number, actions: readonly Float32Array[]): void
  close(): Promise<void>
}
