// Start windows drawn from what was played (method.md 4.2, 2.9): three states and the joint actions between them, fewer at
// the beginning of an episode. The gradient of a discounted return weighs a state by discount^t, t steps after the beginning
// (Sutton et al., Policy Gradient Methods for Reinforcement Learning with Function Approximation, 1999, theorem 1). Drawn
// uniformly instead, starts are what episodes mostly consist of: where a robot fell, lying there.
import type { Rng } from '../../common/rng.ts'
import type { Replay } from '../../episodes/replay/replay.ts'
import type { Dimensions } from '../../networks/dimensions.ts'
import type { Rollout } from '../../worlds/rollout.ts'

export type Starts = Pick<Rollout, 'batch' | 'states' | 'windows' | 'pastActions'>

export interface StartChoice {
  /** probabilities of groups of episodes in time order */
  recency: readonly number[]
  /** t steps into an episode counts discount^t */
  startDiscount: number
}

export function drawStarts(
  replay: Replay,
  rng: Rng,
  count: number,
  { recency, startDiscount }: StartChoice,
  { context: L, agents: N, action: A, state: S }: Dimensions,
): Starts {
  const joint = N * A
  const starts: Starts = {
    batch: count,
    states: new Float64Array(count * L * S),
    windows: new Int32Array(count),
    pastActions: new Float32Array(count * (L - 1) * joint),
  }
  for (let row = 0; row < count; row++) {
    const { episode: index, start } = replay.window(rng, L, recency, startDiscount)
    const episode = replay.episodes[index]!
    // Nothing follows the state that an episode failed in: the window ends one earlier.
    const end = Math.min(start + L, episode.terminated ? episode.length : episode.length + 1)
    const first = Math.max(0, end - L)
    const padding = L - (end - first)
    starts.states.set(episode.states.subarray(first * S, end * S), (row * L + padding) * S)
    const taken = episode.actions.subarray(first * joint, (end - 1) * joint)
    starts.pastActions.set(taken, (row * (L - 1) + padding) * joint)
    starts.windows[row] = end - first
  }
  return starts
}
