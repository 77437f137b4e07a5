// What the actor and the critic learn from: returns of imagined steps, and advantages made comparable.

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
  { gamma, lambda }: { gamma: number; lambda: number },
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

/** (A - mean) / (std + epsilon) over the whole batch. */
export function standardised(advantages: Float32Array, epsilon: number): Float32Array {
  const n = advantages.length
  const mean = advantages.reduce((sum, a) => sum + a, 0) / n
  const variance = advantages.reduce((sum, a) => sum + (a - mean) ** 2, 0) / n
  const scale = 1 / (Math.sqrt(variance) + epsilon)
  return advantages.map((a) => (a - mean) * scale)
}
