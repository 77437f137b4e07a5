// What a session is for life, and what it has committed.
import type { Asked } from './decide.ts'
import type { World } from './episode.ts'
import type { Position } from './position.ts'
import type { AutoresetMode, StepAnswer } from './types.ts'

export interface Terms extends World {
  readonly id: string
  /** id of the key that made it */
  readonly owner: string
  readonly autoreset: AutoresetMode
  readonly maxEpisodeSteps: number | null
}

/** Never changed: a commit makes another. */
export interface Committed {
  /** steps committed since the session was created; resets do not count */
  readonly stepId: number
  readonly position: Position
  /** step `stepId`, kept for whoever asks again; none before the first */
  readonly last?: { readonly asked: Asked; readonly answer: StepAnswer }
}
