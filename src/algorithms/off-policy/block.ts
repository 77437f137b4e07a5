// What all copies have played in one epoch, as off-policy learning keeps it: T steps of E copies, step by step (row t E + e),
// and behind them the states that no action was taken in: those after the last step, and those that episodes ended in.
import { concatenate } from '../../common/tensors.ts'
import type { Widths } from '../../networks/dimensions.ts'
import { criticInputs } from '../play/critic-inputs.ts'
import type { Recording } from '../play/recording.ts'

export interface Block {
  steps: number // T
  copies: number // E
  /** of the critic: [(T + 1) E + K, S] */
  inputs: Float32Array
  /** [(T + 1) E + K, N, O] */
  observations: Float32Array
  actions: Float32Array // [T, E, N, A]
  rewards: Float32Array // [T, E]
  /** K rows in which episodes ended, ascending; the k-th one's last state is row (T + 1) E + k */
  ends: Int32Array
  /** [K] 1 where the task itself ended the episode, not a time limit */
  terminated: Uint8Array
  /** whether its first steps are no successors of the block's before it: the copies began afresh */
  fresh: boolean
}

export function blockOf(recording: Recording, { state: S }: Pick<Widths, 'state'>, fresh: boolean): Block {
  const { steps, copies, states, observations, shown, actions, rewards } = recording
  const ends = recording.ends.toSorted((a, b) => a.row - b.row)
  return {
    steps,
    copies,
    inputs: criticInputs(concatenate([states, ...ends.map(({ state }) => state)]), S),
    observations: concatenate([observations, shown, ...ends.map((end) => end.observations)]),
    actions,
    rewards,
    ends: Int32Array.from(ends, ({ row }) => row),
    terminated: Uint8Array.from(ends, ({ terminated }) => (terminated ? 1 : 0)),
    fresh,
  }
}
