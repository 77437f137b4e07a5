// Where a run's episodes come from: an environment here, one behind a bridge, or a file. Trainer, evaluation and export
// know nothing else of it.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { VectorEnv } from '../../env/vector/vector-env.ts'
import type { Episode } from '../replay/episode.ts'
import type { ActingPolicy } from './actions.ts'
import type { Exploration } from './exploration/fields.ts'
import type { ActingMode } from './policy-actions.ts'

export interface EpisodeSource {
  readonly spec: TaskSpec
  readonly origin: Origin
  /** Lengths of the training episodes where they are recorded already; a source without it never ends. */
  readonly recorded?: readonly number[]
  /** What a person should know of it, line by line. */
  readonly remarks?: readonly string[]

  /**
   * The next whole episodes in order from index `first` on: at least one, and no more than are needed for `steps` steps.
   * A failure rejects with the source's own DimaError; of unfinished episodes nothing is kept.
   * @param policy who acts, with sampled actions; without it the random policy
   * @param exploration which episodes are played otherwise; a source that can't be played in has what it has
   */
  collect(first: number, steps: number, policy?: ActingPolicy, exploration?: Exploration): Promise<Episode[]>

  /** `count` whole episodes of a policy, the same starts for the same seed. A source without it can't be played in. */
  play?(policy: ActingPolicy, mode: ActingMode, count: number, seed: number): Promise<Episode[]>

  /** The copies themselves, for training that steps them on its own and collects nothing here. */
  readonly copies?: VectorEnv
  /** Whether `play` leaves the copies where they are. */
  readonly playsApart?: boolean

  /** Whole episodes that training never sees: `count`, or as many as there are. */
  heldOut(count: number, seed: number): Promise<Episode[]>

  /** States in which episodes start, the same every time where the source is deterministic: at most `count` of [S]. */
  starts(count: number): Promise<Float64Array[]>

  /** May be called twice. */
  close(): Promise<void>
}

/** Who plays the episodes that a run collects. */
export interface Players {
  policy?: ActingPolicy | undefined
  exploration?: Exploration | undefined
}

/** Hears what a person should know of a source, when it shows. */
export type Note = (line: string) => void

/** What a run folder keeps of its source. */
export type Origin =
  | { kind: 'environment' }
  | { kind: 'bridge'; url: string; deterministic: boolean }
  | ({ kind: 'dataset'; file: string; sha256: string; heldOut: number } & LeftOut)

/** What is in a file and not in training. */
export interface LeftOut {
  /** episodes that are empty or a single step long */
  skipped?: number
  /** last transitions without a successor */
  dropped?: number
}

/** What must not change between a run and its resumption: an address or a path may. */
export function identityOf(origin: Origin): Partial<Origin> {
  if (origin.kind === 'bridge') return { kind: origin.kind }
  if (origin.kind === 'environment') return origin
  const { kind, sha256, heldOut } = origin
  return { kind, sha256, heldOut }
}
