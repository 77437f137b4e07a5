// The observation of multiagent_mujoco (`get_obs`): the whole state and the agent's one-hot id, standardised over
// the entries of the one vector, at each step anew. Not invertible from the state alone; the id makes it so.

/** `agent` is the agent's index among `agentCount`. */
export function standardisedObservation(
  state: Float64Array,
  agent: number,
  agentCount: number,
): Float64Array {
  const observation = new Float64Array(state.length + agentCount) // [O] = [S + N]
  observation.set(state)
  observation[state.length + agent] = 1
  standardise(observation)
  return observation
}

/** Population standard deviation and no epsilon: an id of two agents or more always varies. */
function standardise(values: Float64Array): void {
  const count = values.length
  let mean = 0
  for (let i = 0; i < count; i++) mean += values[i]! / count
  let variance = 0
  for (let i = 0; i < count; i++) variance += (values[i]! - mean) ** 2 / count
  const deviation = Math.sqrt(variance)
  for (let i = 0; i < count; i++) values[i] = (values[i]! - mean) / deviation
}
