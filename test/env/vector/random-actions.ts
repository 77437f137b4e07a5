// Actions for all copies, and one copy's part of them.
import type { Rng } from '../../../src/common/rng.ts'
import type { PerAgent } from '../../../src/env/parallel-env.ts'
import type { VectorEnv } from '../../../src/env/vector/vector-env.ts'
import { rowOf } from './rows.ts'

/** Uniform in [-1, 1]: agent -> [E, A] */
export const randomActions = (env: VectorEnv, rng: Rng): PerAgent<Float64Array> =>
  Object.fromEntries(
    env.possibleAgents.map((agent) => {
      const length = env.numEnvs * env.actionSpace(agent).low.length
      return [agent, new Float64Array(length).map(() => 2 * rng.uniform() - 1)]
    }),
  )

export const actionsOf = (
  actions: PerAgent<Float64Array>,
  copy: number,
  numEnvs: number,
): PerAgent<Float64Array> =>
  Object.fromEntries(Object.entries(actions).map(([agent, values]) => [agent, rowOf(values, copy, numEnvs)]))
