// Where a session stands between two steps. A position is never changed: a step makes another, so a fork shares its
// parent's and a failed step leaves nothing behind. S state, N agents, O observation.
import type { LiveRow, StepOutcome } from '../../worlds/live.ts'

export interface Position {
  /** LiveRow.id */
  readonly lineage: number
  /** of the episode */
  readonly seed: number
  /** hash of the episode's start (noise.ts) */
  readonly key: number
  /** resets so far */
  readonly episode: number
  /** steps since the last */
  readonly episodeStep: number
  /** Memories of the model's kind */
  readonly memory: unknown
  /** [S] the last state in environment units */
  readonly state: Float64Array
  /** [N, O] */
  readonly observations: Float32Array
  readonly terminated: boolean
  readonly truncated: boolean
}

let lineages = 0

/** Unique in this process. Whatever is not simply the next step of the same lineage takes a new one. */
export const newLineage = (): number => ++lineages

export const isOver = ({ terminated, truncated }: Position): boolean => terminated || truncated

/** @param turn the position's memory with the action to take */
export const rowOf = (
  { lineage, seed, key, episodeStep }: Pick<Position, 'lineage' | 'seed' | 'key' | 'episodeStep'>,
  turn: unknown,
): LiveRow => ({ id: lineage, seed, key, step: episodeStep, turn })

/** The position after a step. `maxSteps` truncates the episode. */
export function follow(
  position: Position,
  memory: unknown,
  { state, observations, terminated }: StepOutcome,
  maxSteps: number | null,
): Position {
  const episodeStep = position.episodeStep + 1
  // Every field by name: a spread costs more than all the rest of a commit.
  return {
    lineage: position.lineage,
    seed: position.seed,
    key: position.key,
    episode: position.episode,
    episodeStep,
    memory,
    state,
    observations,
    terminated,
    truncated: maxSteps !== null && episodeStep >= maxSteps,
  }
}
