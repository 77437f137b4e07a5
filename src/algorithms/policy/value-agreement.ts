// Whether a critic knows what is earned: its values of states that were really visited, against the discounted rewards
// that really followed. A critic of imagined states that drifts on its own bootstraps is seen here first.
import { deviation, mean } from '../../common/statistics.ts'
import { type Episode, isSampled } from '../../episodes/replay/episode.ts'

/** A return needs so many steps behind it: what an episode cut by a time limit hides is gamma^300 = 0.05 of it at 0.99. */
const TAIL = 300

export interface Earned {
  states: Float64Array // [R, S]
  /** discounted sums of the rewards that followed */
  returns: Float64Array // [R]
}

/** The newest episodes that the policy played by sampling, with so many steps in all. */
export function newest(episodes: readonly Episode[], steps: number): readonly Episode[] {
  const found: Episode[] = []
  for (let [i, count] = [episodes.length - 1, 0]; i >= 0 && count < steps; i--) {
    if (!isSampled(episodes[i]!)) continue
    found.unshift(episodes[i]!)
    count += episodes[i]!.length
  }
  return found
}

/** All steps whose return is known. */
export function earned(episodes: readonly Episode[], gamma: number): Earned {
  const whole = episodes.map(({ terminated, length }) => (terminated ? length : Math.max(0, length - TAIL)))
  const count = whole.reduce((a, b) => a + b, 0)
  const S = episodes[0] ? episodes[0].states.length / (episodes[0].length + 1) : 0
  const states = new Float64Array(count * S)
  const returns = new Float64Array(count)
  let at = 0
  for (const [i, { states: visited, rewards, length }] of episodes.entries()) {
    states.set(visited.subarray(0, whole[i]! * S), at * S)
    let future = 0
    for (let t = length - 1; t >= 0; t--) {
      future = rewards[t]! + gamma * future
      if (t < whole[i]!) returns[at + t] = future
    }
    at += whole[i]!
  }
  return { states, returns }
}

export interface Agreement {
  value: number
  earned: number
  /** value - earned */
  bias: number
  /** of values and what was earned, over the states; 0 where either is always the same */
  correlation: number
}

export function agreement(values: Float32Array, returns: Float64Array): Agreement {
  const [value, got] = [mean(values), mean(returns)]
  const spread = deviation(values) * deviation(returns)
  let products = 0
  for (let i = 0; i < values.length; i++) products += (values[i]! - value) * (returns[i]! - got)
  return {
    value,
    earned: got,
    bias: value - got,
    correlation: spread > 0 ? products / (values.length * spread) : 0,
  }
}
