// Generalised advantage estimation (Schulman et al. 2016, arXiv 1506.02438) over copies whose episodes end anywhere in the
// batch. A failure has no future; a time limit has the value of the state it cut at, and neither reaches into the episode
// after it. (HARL gives a cut step no advantage at all, its vector environments having lost that state.)

/** T steps of E copies, step by step: row t E + e. */
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

export interface Discounts {
  gamma: number
  lambda: number
}

/** Advantages [T, E]; what the critic learns is advantage + value. */
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
