// Plays whole episodes in an environment and records them.
import { drawn } from '../../common/gaussian-draw.ts'
import { Rng } from '../../common/rng.ts'
import { mean } from '../../common/statistics.ts'
import { concatenate } from '../../common/tensors.ts'
import type { ParallelEnv, PerAgent } from '../../env/parallel-env.ts'
import type { Episode } from './episode.ts'

/** Chooses every agent's action from the observations. */
export type Policy = (observations: PerAgent<Float64Array>, rng: Rng) => PerAgent<Float32Array>

/** Mean 0, the given standard deviation, not clipped: a Gaussian actor before its first update (method.md 4.1). */
export const gaussianPolicy =
  (env: ParallelEnv, std: number): Policy =>
  (_, rng) =>
    Object.fromEntries(
      env.possibleAgents.map((agent) => {
        const length = env.actionSpace(agent).shape[0]!
        return [agent, Float32Array.from({ length }, () => drawn(0, std, rng.normal()))]
      }),
    )

/** Plays one episode to its end. It is a function of the key: the same key gives the same episode. */
export function collectEpisode(env: ParallelEnv, policy: Policy, ...key: (number | string)[]): Episode {
  const rng = new Rng(...key)
  const agents = env.possibleAgents
  const steps: {
    state: Float64Array
    action: Float32Array[]
    observation: Float64Array[]
    reward: number
  }[] = []
  let { observations } = env.reset({ seed: rng.uint32() })
  let [terminated, truncated] = [false, false]
  while (env.agents.length > 0) {
    const actions = policy(observations, rng)
    const state = env.state()
    const result = env.step(actions)
    steps.push({
      state,
      action: agents.map((agent) => actions[agent]!),
      observation: agents.map((agent) => observations[agent]!),
      reward: mean(agents.map((agent) => result.rewards[agent]!)),
    })
    observations = result.observations
    terminated ||= agents.some((agent) => result.terminations[agent])
    truncated ||= agents.some((agent) => result.truncations[agent])
  }
  return {
    length: steps.length,
    states: concatenate([...steps.map(({ state }) => state), env.state()]),
    actions: concatenate(steps.flatMap(({ action }) => action)),
    observations: Float32Array.from(concatenate(steps.flatMap(({ observation }) => observation))),
    rewards: Float32Array.from(steps, ({ reward }) => reward),
    terminated,
    truncated,
  }
}
