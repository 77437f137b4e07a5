// The standardisation of multiagent_mujoco (`get_obs`): over the entries of one vector, at each step anew. The state
// alone could not be computed back; the one-hot id, whose values are known, makes it so.

/** Population standard deviation and no epsilon: an id of two agents or more always varies. */
export function standardise(values: Float64Array, from: number, count: number): void {
  const to = from + count
  let mean = 0
  for (let i = from; i < to; i++) mean += values[i]! / count
  let variance = 0
  for (let i = from; i < to; i++) variance += (values[i]! - mean) ** 2 / count
  const deviation = Math.sqrt(variance)
  for (let i = from; i < to; i++) values[i] = (values[i]! - mean) / deviation
}
