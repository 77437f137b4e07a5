// What tests of environments share: the contract checker, and trajectories under random actions.
import { Rng } from '../../src/common/rng.ts'
import { sampleActions as sampleFor } from '../../src/env/contract/sample-actions.ts'
import type { ParallelEnv, PerAgent } from '../../src/env/parallel-env.ts'

export { checkParallelEnv } from '../../src/env/contract/check-parallel-env.ts'

export const sampleActions = (env: ParallelEnv, rng: Rng): PerAgent<Float64Array> =>
  sampleFor(env, env.possibleAgents, rng)

/** The states of two short episodes, the second started without a seed. */
export function trajectory(env: ParallelEnv, seed: number, steps = 20): Float64Array[] {
  const rng = new Rng('actions')
  const states: Float64Array[] = []
  for (const options of [{ seed }, {}]) {
    env.reset(options)
    states.push(env.state())
    for (let i = 0; i < steps && env.agents.length > 0; i++) {
      env.step(sampleActions(env, rng))
      states.push(env.state())
    }
  }
  return states
}
