// What a run of MARIE keeps besides its episodes.
import type { LearnerState } from '../../learning/learner.ts'
import type { EpochsDone } from '../../runs/epoch-loop.ts'
import type { CodebookState } from '../../worlds/marie/train/codebook.ts'
import type { NormaliserState } from '../policy/value-normaliser.ts'

export const NETWORK_NAMES = ['tokenizer', 'world', 'actor', 'critic'] as const
export type NetworkName = (typeof NETWORK_NAMES)[number]

export interface Checkpoint extends EpochsDone {
  episodes: number
  /** of the episodes, those that ended by more than a time limit (isEnd) */
  ends: number
  statistics: { count: number; mean: Float64Array; variance: Float64Array }
  learners: Record<NetworkName, LearnerState>
  codebook: CodebookState
  normaliser: NormaliserState
  /** imagined batches so far */
  behaviourUpdates: number
}
