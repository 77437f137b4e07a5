// Environments behind a bridge of this process.
import { onTestFinished } from 'vitest'
import type { ServedVectorEnv } from '../../../src/env/bridge/served-env.ts'
import { type BridgeServerOptions, serveBridge } from '../../../src/env/bridge/server.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import type { TaskSpec } from '../../../src/env/task-spec.ts'
import { makeVectorEnv } from '../../../src/env/vector/make-vector-env.ts'
import { AGENTS } from '../../runs/synthetic-env.ts'
import { type SyntheticOptions, syntheticVectorEnv } from './synthetic-vector-env.ts'

export const syntheticSpec: TaskSpec = {
  name: 'Synthetic',
  agents: AGENTS.map((name) => ({
    name,
    actuators: ['force'],
    observationNames: ['a', 'b', 't', 'id'],
    observationUnits: ['1', '1', '1', '1'],
  })),
  actionLow: -1,
  actionHigh: 1,
  actionUnit: '1',
  stateNames: ['a', 'b', 't'],
  stateUnits: ['1', '1', '1'],
  episodeLimit: 24,
  stepSeconds: 0.1,
  reward: 'a sum',
}

export async function serve(make: BridgeServerOptions['make'], options: Partial<BridgeServerOptions> = {}) {
  const server = await serveBridge({ make, log: () => {}, ...options })
  onTestFinished(() => server.close())
  return server
}

export const serveSynthetic = (given: Partial<SyntheticOptions>, options?: Partial<BridgeServerOptions>) =>
  serve(async (_, { numEnvs }) => {
    const env = syntheticVectorEnv({ autoreset: 'disabled', ...given, copies: numEnvs })
    return Object.assign(env, { spec: syntheticSpec })
  }, options)

/** @param onStep hears of every step before it is done, counted from 1 over all copies together */
export const serveTask = (onStep: (step: number) => void = () => {}) => {
  let steps = 0
  return serve(async (task, { numEnvs }) => {
    const env = await makeVectorEnv(task, { numEnvs })
    const step = env.step.bind(env)
    env.step = (actions) => {
      onStep(++steps)
      return step(actions)
    }
    return Object.assign(env, { spec: taskSpec(task) }) satisfies ServedVectorEnv
  })
}

/** The synthetic environment with a reward of its own for each agent, in every step. */
export const servePaid = (rewards: readonly number[]) =>
  serve(async (_, { numEnvs }) => {
    const env = syntheticVectorEnv({ autoreset: 'disabled', copies: numEnvs })
    const step = env.step.bind(env)
    const paid = () =>
      env.possibleAgents.map((agent, i) => [agent, new Float64Array(numEnvs).fill(rewards[i]!)])
    env.step = async (actions) => ({ ...(await step(actions)), rewards: Object.fromEntries(paid()) })
    return Object.assign(env, { spec: syntheticSpec })
  })
