// Where a collector's actions come from.
import type { Rng } from '../../common/rng.ts'
import type { PerAgent } from '../../env/parallel-env.ts'
import type { Player } from '../../worlds/player.ts'
import type { Played } from './exploration/played.ts'

export interface Actions {
  /** agent -> [E, A], what `draw` has written last */
  readonly values: PerAgent<Float32Array>
  /** A copy plays another episode from its next step on. */
  begin?(copy: number, index: number): void
  /** What a copy shows now is the first of an episode. @param rng for what is drawn besides actions */
  shown?(copy: number, rng: Rng): void
  /** How it does, where that differs from episode to episode. */
  playedIn?(copy: number): Played
  /** What all copies show, before actions are drawn. */
  see(observations: PerAgent<Float64Array>): Promise<void>
  /** Draws one copy's joint action, agent by agent. */
  draw(copy: number, rng: Rng): void
  /** One copy's actions, agent by agent, sharing memory. */
  of(copy: number): Float32Array[]
}

/** Acts for all agents of several copies; whoever opened it closes it. */
export type ActingPolicy = Omit<Player, 'close'>
