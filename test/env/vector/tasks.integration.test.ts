// The tasks themselves, in threads started as a user starts them.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { checkVectorEnv } from '../../../src/env/contract/check-vector-env.ts'
import { resolveTask, taskSpec } from '../../../src/env/make-env.ts'
import { makeVectorEnv, vectorEnvOf } from '../../../src/env/vector/make-vector-env.ts'
import { actionsOf, randomActions } from './random-actions.ts'
import { outcomeOf, seenOf } from './rows.ts'
import { SingleEnv } from './single-env.ts'

test.each([
  ['Ant-4x2-v1', 0],
  ['Ant-2x4-v1?contacts=real&physics=mujoco210', 0],
  ['Walker2d-2+4-v1', 0],
  ['Walker2d-3x2-v1', 2],
])('%s with %d workers is the same as by itself, through several episodes', async (task, workers) => {
  const env = await makeVectorEnv(task, { numEnvs: 3, workers, autoreset: 'same_step' })
  const single = await SingleEnv.make(resolveTask(task), 'same_step')
  const rng = new Rng('actions')
  const first = await env.reset({ seed: 4 })
  expect(seenOf(first, 1, 3)).toEqual(single.reset(5))
  let ended = 0
  for (let i = 0; i < 80; i++) {
    const actions = randomActions(env, rng)
    const { final, ...outcome } = outcomeOf(await env.step(actions), 1)
    const expected = single.step(actionsOf(actions, 1, 3))
    expect({ ...outcome, ...(final ? { final } : {}) }).toEqual(expected)
    if (final) ended++
  }
  expect(ended).toBeGreaterThan(0)
  for (const closing of [env, single]) await closing.close()
})

test.each([
  { task: 'HalfCheetah-2x3-v1', numEnvs: 2, workers: 0, autoreset: 'disabled', copy: true },
  { task: 'Walker2d-2x3-v1', numEnvs: 3, workers: 2, autoreset: 'next_step', copy: true },
  { task: 'Ant-4x2-v1', numEnvs: 3, workers: 0, autoreset: 'same_step', copy: false },
] as const)('keeps the contract: %o', async ({ task, ...options }) => {
  const env = await makeVectorEnv(task, options)
  const { episodeLimit } = taskSpec(task)
  const steps = task.startsWith('HalfCheetah') ? episodeLimit + 10 : 100
  const results = await checkVectorEnv(env, { steps, episodeLimit, overwrites: !options.copy })
  // What can't be checked of arrays that are overwritten is that they are not.
  expect(results.filter(({ skipped }) => skipped)).toHaveLength(options.copy ? 0 : 1)
})

test('a task that does not exist is refused', async () => {
  await expect(makeVectorEnv('Snail-1x1', { numEnvs: 1, workers: 2 })).rejects.toMatchObject({
    code: 'unknown_task',
  })
})

test('threads that cannot start make it fail, and say why', async () => {
  const task = resolveTask('HalfCheetah-2x3')
  const unknown = { ...task, spec: { ...task.spec, name: 'Snail-1x1-v1' } }
  await expect(vectorEnvOf(unknown, { numEnvs: 2, workers: 2 })).rejects.toThrow(
    /worker [01] stopped: no task named Snail-1x1-v1/,
  )
})
