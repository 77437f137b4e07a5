// What becomes of calls when threads stop, and of threads when the environment is closed.
import { beforeEach, expect, test, vi } from 'vitest'
import { vectorEnvOf } from '../../../src/env/vector/make-vector-env.ts'
import { BROKEN, oddTask } from './odd-task.ts'
import { threads } from './odd-threads.ts'

vi.mock('../../../src/common/start-worker.ts', async (original) => {
  const { runOddTask } = await import('./odd-threads.ts') // this runs before the imports above
  return runOddTask(await original())
})

const actions = (...first: number[]) => ({
  agent_0: first.flatMap((value) => [value, 0, 0]),
  agent_1: first.flatMap(() => [0, 0, 0]),
})
const ended = (thread: { threadId: number }) => thread.threadId === -1

beforeEach(() => {
  threads.length = 0
})

async function make(numEnvs: number, workers: number) {
  const env = await vectorEnvOf(oddTask, { numEnvs, workers })
  await env.reset({ seed: 1 })
  return env
}

test('a thread that fails rejects the running call and every later one, and says why', async () => {
  const env = await make(2, 2)
  // Either thread may have taken the copy that fails.
  const reason = {
    code: 'environment_closed',
    message: expect.stringMatching(/worker [01] .*the reward is broken/),
  }
  await expect(env.step(actions(0, BROKEN))).rejects.toMatchObject(reason)
  await expect(env.step(actions(0, 0))).rejects.toMatchObject(reason)
  await expect(env.reset()).rejects.toMatchObject(reason)
  await env.close()
  expect(threads.map(ended)).toEqual([true, true])
})

test('a thread that ends between two calls makes the next one fail', async () => {
  const env = await make(2, 1)
  await threads[0]!.terminate()
  await expect(env.step(actions(0, 0))).rejects.toMatchObject({
    code: 'environment_closed',
    message: expect.stringMatching(/worker 0 stopped/),
  })
  await env.close()
})

test('a thread that ends in the middle of a call rejects it', async () => {
  const env = await make(2, 1)
  const call = expect(env.step(actions(0, 0))).rejects.toMatchObject({ code: 'environment_closed' })
  const gone = threads[0]!.terminate()
  await call
  await gone
  await env.close()
})

test.each([0, 2])('a call is refused while another one runs, with %d workers', async (workers) => {
  const env = await make(2, workers)
  const running = env.step(actions(0, 0))
  const refused = [env.step(actions(0, 0)), env.reset()]
  for (const call of refused) await expect(call).rejects.toThrow(/one call at a time/)
  expect((await running).terminations).toEqual(new Uint8Array(2))
  await env.step(actions(0, 0))
  await env.close()
})

test('close ends a running call and the threads, of which there are never more than copies', async () => {
  const env = await make(2, 5)
  expect(threads).toHaveLength(2)
  const call = expect(env.step(actions(0, 0))).rejects.toMatchObject({ code: 'environment_closed' })
  await Promise.all([env.close(), env.close()])
  await call
  await env.close()
  expect(threads.map(ended)).toEqual([true, true])
  await expect(env.step(actions(0, 0))).rejects.toMatchObject({ code: 'environment_closed' })
})

test('can be made and closed again and again', async () => {
  const rewards = []
  for (const workers of [...Array<number>(20).fill(0), 1, 1]) {
    const env = await make(2, workers)
    rewards.push((await env.step(actions(1, 0.5))).rewards)
    await env.close()
  }
  for (const other of rewards) expect(other).toEqual(rewards[0])
  expect(threads.every(ended)).toBe(true)
})
