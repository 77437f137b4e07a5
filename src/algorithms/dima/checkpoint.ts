// What a run of DIMA keeps besides its episodes.
import type { LearnerState } from '../../learning/learner.ts'
import type { EpochsDone } from '../../runs/epoch-loop.ts'
import { NETWORK_NAMES, type NetworkName } from '../../worlds/dima/train/world-model.ts'
import type { BehaviourState } from '../imagination/behaviour.ts'

/** Of DIMA, and of its world model alone. */
export interface Checkpoint extends EpochsDone {
  /** of the epochs, those after the last step; absent in checkpoints without any */
  finalEpochs?: number
  episodes: number
  /** of the episodes, those that ended by more than a time limit (isEnd); absent in older checkpoints */
  ends?: number
  statistics: { count: number; mean: Float64Array; variance: Float64Array }
  visits: { decoder: Int32Array; reward: Int32Array }
  learners: Record<NetworkName, LearnerState> & { actor?: LearnerState; critic?: LearnerState }
  /** where a policy is learned */
  behaviour?: BehaviourState & { trainedEpochs: number }
}

/** Updates every network has had. */
export function updatesOf({ learners }: Pick<Checkpoint, 'learners'>): Record<string, number> {
  const names = [...NETWORK_NAMES, 'actor', 'critic'] as const
  return Object.fromEntries(names.flatMap((name) => (learners[name] ? [[name, learners[name].updates]] : [])))
}
