// The checker as a whole; what it finds broken is tested rule by rule in parallel/.
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import { Rng } from '../../../src/common/rng.ts'
import { checkParallelEnv } from '../../../src/env/contract/check-parallel-env.ts'
import { altered, answers } from './parallel/broken-envs.ts'
import { TOY_LIMIT, ToyEnv } from './toy-env.ts'

test('passes an environment that keeps the contract, and closes it', async () => {
  const env = new ToyEnv()
  const titles: string[] = []
  const results = await checkParallelEnv(env, {
    steps: 60,
    episodeLimit: TOY_LIMIT,
    onResult: ({ title }) => titles.push(title),
  })
  expect(results.map(({ title }) => title)).toEqual(titles)
  expect(results.filter(({ skipped }) => skipped !== undefined)).toEqual([])
  expect(env.closed).toBe(true)
})

test('closes what it has found broken', async () => {
  const env = answers(({ rewards }) => Object.assign(rewards, { left: Number.NaN }))
  await expect(checkParallelEnv(env)).rejects.toMatchObject({ code: 'contract_broken' })
  expect(env.closed).toBe(true)
})

test('checks an environment that answers with promises', async () => {
  const env = new ToyEnv()
  const remote = {
    possibleAgents: env.possibleAgents,
    stateSpace: env.stateSpace,
    get agents() {
      return env.agents
    },
    observationSpace: (agent: string) => env.observationSpace(agent),
    actionSpace: (agent: string) => env.actionSpace(agent),
    reset: async (options?: { seed?: number }) => env.reset(options),
    step: async (actions: Record<string, ArrayLike<number>>) => env.step(actions),
    state: () => env.state(),
    close: async () => env.close(),
  }
  expect(await checkParallelEnv(remote, { steps: 60 })).toHaveLength(8)
})

test('leaves out what an environment does not promise, and says so', async () => {
  const noisy = altered('reset', (reset) => () => reset())
  const results = await checkParallelEnv(noisy, { steps: 60, deterministic: false })
  expect(results.find(({ title }) => title.startsWith('seeds'))).toMatchObject({
    skipped: expect.stringContaining('no determinism'),
  })
  const fixed = altered('reset', (reset, env) => () => {
    env.rng = new Rng(0, 'toy')
    return reset()
  })
  const others = await checkParallelEnv(fixed, { steps: 60, randomStarts: false })
  expect(others.find(({ title }) => title.startsWith('seeds'))).toMatchObject({
    skipped: expect.stringContaining('start alike'),
  })
  const [, , course] = await checkParallelEnv(new ToyEnv(), { steps: 1 })
  expect(course).toMatchObject({ skipped: 'no episode ended within 1 steps, so no end was seen' })
})

test('lets errors of the physics or of the connection pass', async () => {
  const env = altered('step', (step, env) => (actions) => {
    if (env.stepCount === 2) throw new DimaError('simulation_failed', 'the state is not finite')
    return step(actions)
  })
  await expect(checkParallelEnv(env)).rejects.toMatchObject({ code: 'simulation_failed' })
})
