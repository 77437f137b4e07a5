// Rewards of agents kept apart: what was played, as if each agent had played in a copy of its own. The critic sees of a state
// whose value is asked for: a one-hot id behind it. R rows, S state, N agents.
import type { Recording } from '../play/recording.ts'

/** Copies become E N: row (t E + e) N + n is agent n's. */
export function apart(
  { copies, agentRewards, ends }: Recording,
  N: number,
): Pick<Recording, 'copies' | 'rewards' | 'ends'> {
  const each = <T>(one: (n: number) => T) => Array.from({ length: N }, (_, n) => one(n))
  return {
    copies: copies * N,
    rewards: agentRewards,
    ends: ends.flatMap((end) => each((n) => ({ ...end, copy: end.copy * N + n, row: end.row * N + n }))),
  }
}

/** [R, S] -> [R, N, S + N] */
export function forEachAgent(inputs: Float32Array, S: number, N: number): Float32Array {
  const rows = inputs.length / S
  const told = new Float32Array(rows * N * (S + N))
  for (let row = 0; row < rows; row++)
    for (let n = 0; n < N; n++) {
      const at = (row * N + n) * (S + N)
      told.set(inputs.subarray(row * S, (row + 1) * S), at)
      told[at + S + n] = 1
    }
  return told
}
