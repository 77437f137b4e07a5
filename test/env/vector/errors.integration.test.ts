// What a step refuses, and what is left after it.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { PerAgent } from '../../../src/env/parallel-env.ts'
import { type VectorEnvOptions, vectorEnvOf } from '../../../src/env/vector/make-vector-env.ts'
import type { VectorEnv } from '../../../src/env/vector/vector-env.ts'
import { oddTask, UNSTABLE } from './odd-task.ts'
import { outcomeOf, seenOf } from './rows.ts'
import { SingleEnv } from './single-env.ts'

vi.mock('../../../src/common/start-worker.ts', async (original) => {
  const { runOddTask } = await import('./odd-threads.ts') // this runs before the imports above
  return runOddTask(await original())
})

/** Agents have three actions; `first` is the first entry of agent_0 in each copy. */
const actions = (...first: number[]): PerAgent<number[]> => ({
  agent_0: first.flatMap((value) => [value, 0, 0]),
  agent_1: first.flatMap(() => [0, 0, 0]),
})
const still = actions(0, 0, 0)
const stillAlone = { agent_0: [0, 0, 0], agent_1: [0, 0, 0] }
const nobody = [0, 0, 0]

let env: VectorEnv
const make = async (options: Partial<VectorEnvOptions> = {}) => {
  env = await vectorEnvOf(oddTask, { numEnvs: 3, ...options })
}
afterEach(() => env?.close())

describe('bad actions', () => {
  const { agent_0: zeros = [] } = still
  const refusals = [
    [{ agent_0: zeros }, 'unknown_agent', { field: 'agent_1' }],
    [{ ...still, agent_2: zeros }, 'unknown_agent', { field: 'agent_2' }],
    [{ ...still, agent_0: [0, 0, 0] }, 'invalid_shape', { field: 'agent_0', expected: [3, 3], given: [3] }],
    [
      { ...still, agent_1: zeros.with(7, Number.NaN) },
      'not_finite',
      { field: 'agent_1[2][1]', given: 'NaN' },
    ],
    [actions(0, -Infinity, 0), 'not_finite', { field: 'agent_0[1][0]', given: '-Infinity' }],
  ] as const

  test('are refused by agent, copy and entry before anything moves', async () => {
    await make()
    const before = await env.reset({ seed: 1 })
    for (const [bad, code, details] of refusals)
      await expect(env.step(bad)).rejects.toMatchObject({ code, details })
    expect(await env.reset({ mask: nobody })).toEqual(before)
    await env.step(still)
  })

  test('are named in the message', async () => {
    await make()
    await env.reset({ seed: 1 })
    await expect(env.step(actions(0, 0, Number.NaN))).rejects.toThrow(
      'value 0 of the action of agent_0 in copy 2 is NaN',
    )
    await expect(env.step({ ...still, agent_1: [1] })).rejects.toThrow(
      'the actions of agent_1 have 1 values, not 9 (3 copies of 3)',
    )
  })
})

describe('without an episode', () => {
  test('a step before the first reset is refused, naming the copies', async () => {
    await make()
    const refused = { code: 'no_episode', details: { copies: [0, 1, 2] } }
    await expect(env.step(still)).rejects.toMatchObject(refused)
    await env.reset({ mask: [1, 0, 1] })
    await expect(env.step(still)).rejects.toThrow('no episode is running in copy 1: reset')
    await env.reset({ mask: [0, 1, 0] })
    await env.step(still)
  })

  test.each(['next_step', 'same_step'] as const)('so it is under %s', async (autoreset) => {
    await make({ autoreset })
    await env.reset({ mask: [0, 0, 1] })
    await expect(env.step(still)).rejects.toMatchObject({ code: 'no_episode', details: { copies: [0, 1] } })
  })

  test('under disabled no copy moves while one is over', async () => {
    await make()
    await env.reset({ seed: 1 })
    const over = await stepUntilOver()
    const before = await env.reset({ mask: nobody })
    await expect(env.step(still)).rejects.toMatchObject({ code: 'no_episode', details: { copies: over } })
    expect(await env.reset({ mask: nobody })).toEqual(before)
    await env.reset({ mask: nobody.map((_, e) => Number(over.includes(e))) })
    await env.step(still)
  })

  /** The copies that are over then. */
  const stepUntilOver = async (): Promise<number[]> => {
    for (;;) {
      const { terminations, truncations } = await env.step(still)
      const over = [0, 1, 2].filter((e) => terminations[e] || truncations[e])
      if (over.length > 0) return over
    }
  }

  test('many copies are named briefly', async () => {
    await make({ numEnvs: 20 })
    const copies = Array.from({ length: 20 }, (_, e) => e)
    await expect(env.step({})).rejects.toMatchObject({
      message: expect.stringContaining('copies 0, 1, 2, 3, 4, 5, 6, 7 and 12 more'),
      details: { copies },
    })
  })
})

test.each([
  { workers: 0, autoreset: 'disabled' },
  { workers: 0, autoreset: 'next_step' },
  { workers: 0, autoreset: 'same_step' },
  { workers: 2, autoreset: 'disabled' },
] as const)(
  'copies whose physics fail are named and need a reset, the others have moved: %o',
  async (options) => {
    await make(options)
    const other = await SingleEnv.make(oddTask, 'disabled')
    await env.reset({ seed: 1 })
    other.reset(2)
    await env.step(actions(UNSTABLE, 0, UNSTABLE))
    other.step(stillAlone)

    const failed = { code: 'simulation_failed', details: { copies: [0, 2], field: 'copies 0, 2' } }
    await expect(env.step(still)).rejects.toMatchObject(failed)
    const { observations, state } = other.step(stillAlone)
    expect(seenOf(await env.reset({ mask: nobody }), 1, 3)).toEqual({ observations, state })

    await expect(env.step(still)).rejects.toMatchObject({ code: 'no_episode', details: { copies: [0, 2] } })
    await env.reset({ mask: [1, 0, 0] })
    await expect(env.step(still)).rejects.toMatchObject({ code: 'no_episode', details: { copies: [2] } })
    await env.reset({ mask: [0, 0, 1] })
    expect(outcomeOf(await env.step(still), 1)).toEqual(other.step(stillAlone))
    other.close()
  },
)

test('close may be called twice; every call after it is refused', async () => {
  await make()
  await env.reset({ seed: 1 })
  await Promise.all([env.close(), env.close()])
  const closed = { code: 'environment_closed' }
  await expect(env.step(still)).rejects.toMatchObject(closed)
  await expect(env.reset()).rejects.toMatchObject(closed)
})

test.each([
  [{ numEnvs: 0 }, 'numEnvs'],
  [{ numEnvs: 1.5 }, 'numEnvs'],
  [{ numEnvs: 1, workers: -1 }, 'workers'],
  [{ numEnvs: 1, autoreset: 'always' as 'next_step' }, 'autoreset'],
])('refuses the options %j', async (options, field) => {
  await expect(vectorEnvOf(oddTask, options)).rejects.toMatchObject({
    code: 'invalid_config',
    details: { field },
  })
})
