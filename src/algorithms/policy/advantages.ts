// What the actor and the critic learn from: returns and advantages of steps that were imagined or played, and advantages
// made comparable. Both are one recursion backwards in time: the lambda-return R_t is what the critic learns, and
// R_t - V(s_t), which is generalised advantage estimation (Schulman et al. 2016, arXiv 1506.02438), weights the actor's
// steps. Imagined rows end where they say so; what was played also stops where a time limit cuts an episode.
import { deviation, mean } from '../../common/statistics.ts'

export interface Discounts {
  gamma: number
  lambda: number
}

/**
 * lambda-returns (method.md 4.3): R_t = r_t + gamma c_t ((1 - lambda) V(s_{t+1}) + lambda R_{t+1}), R_H = V(s_H).
 * @param rewards [B, H]
 * @param continues [B, H] c_t: 0 where the episode ended with step t, or the probability that it did not
 * @param values [B, H + 1] V(s_0) .. V(s_H), in the units of the reward
 * @returns [B, H]
 */
export function lambdaReturns(
  rewards: Float32Array,
  continues: Float32Array,
  values: Float32Array,
  horizon: number,
  { gamma, lambda }: Discounts,
): Float32Array {
  const returns = new Float32Array(rewards.length)
  for (let row = 0; row < rewards.length / horizon; row++) {
    const value = row * (horizon + 1)
    let next = values[value + horizon]!
    for (let t = horizon - 1; t >= 0; t--) {
      const i = row * horizon + t
      next = rewards[i]! + gamma * continues[i]! * ((1 - lambda) * values[value + t + 1]! + lambda * next)
      returns[i] = next
    }
  }
  return returns
}

/** T steps of E copies, step by step: row t E + e. Their episodes end anywhere. */
export interface Stretch {
  copies: number // E
  rewards: Float32Array // [T, E]
  /** V(s_t), in the units of the reward */
  values: Float32Array // [T, E]
  /** V(s_{t+1}), of the same episode also where it ended */
  nextValues: Float32Array // [T, E]
  /** nonzero where the task itself ended the episode */
  terminated: Uint8Array // [T, E]
  /** nonzero where the episode ended, for whatever reason */
  ended: Uint8Array // [T, E]
}

/**
 * Advantages [T, E]: A_t = r_t + gamma V(s_{t+1}) - V(s_t) + gamma lambda A_{t+1}, the differences between lambda-returns
 * and values. A failure has no future; a time limit has the value of the state it cut at, and neither reaches into the
 * episode after it. (HARL gives a cut step no advantage at all, its vector environments having lost that state.)
 */
export function advantagesOf(stretch: Stretch, { gamma, lambda }: Discounts): Float32Array {
  const { copies: E, rewards, values, nextValues, terminated, ended } = stretch
  const advantages = new Float32Array(rewards.length)
  for (let i = rewards.length - 1; i >= 0; i--) {
    const future = terminated[i] ? 0 : gamma * nextValues[i]!
    const later = ended[i] ? 0 : gamma * lambda * (advantages[i + E] ?? 0)
    advantages[i] = rewards[i]! + future - values[i]! + later
  }
  return advantages
}

/** (A - mean) / (std + epsilon) over the whole batch. */
export function standardised(advantages: Float32Array, epsilon: number): Float32Array {
  const centre = mean(advantages)
  const scale = 1 / (deviation(advantages) + epsilon)
  return advantages.map((a) => (a - centre) * scale)
}
