// Which copies a reset touches, and with what random streams they go on.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { vectorEnvOf } from '../../../src/env/vector/make-vector-env.ts'
import type { VectorEnv } from '../../../src/env/vector/vector-env.ts'
import { oddTask } from './odd-task.ts'
import { actionsOf, randomActions } from './random-actions.ts'
import { outcomeOf, type Seen, seenOf } from './rows.ts'
import { SingleEnv } from './single-env.ts'

vi.mock('../../../src/common/start-worker.ts', async (original) => {
  const { runOddTask } = await import('./odd-threads.ts') // this runs before the imports above
  return runOddTask(await original())
})

const COPIES = [0, 1, 2, 3, 4]
const NONE = [0, 0, 0, 0, 0]

describe.each([0, 2])('with %d workers', (workers) => {
  let env: VectorEnv
  let singles: SingleEnv[]

  beforeAll(async () => {
    env = await vectorEnvOf(oddTask, { numEnvs: 5, workers })
    singles = await Promise.all(COPIES.map(() => SingleEnv.make(oddTask, 'disabled')))
  })
  afterAll(async () => {
    for (const closing of [env, ...singles]) await closing.close()
  })

  const reset = async (options: Parameters<VectorEnv['reset']>[0]): Promise<Seen[]> => {
    const answer = await env.reset(options)
    return COPIES.map((copy) => seenOf(answer, copy, 5))
  }

  const resetAll = async (seed: number): Promise<Seen[]> => {
    const seen = await reset({ seed })
    expect(seen).toEqual(singles.map((single, copy) => single.reset(seed + copy)))
    return seen
  }

  const stepAll = async (rng: Rng): Promise<Seen[]> => {
    const actions = randomActions(env, rng)
    const answer = await env.step(actions)
    const expected = singles.map((single, copy) => single.step(actionsOf(actions, copy, 5)))
    const rows = COPIES.map((copy) => outcomeOf(answer, copy))
    expect(rows).toEqual(expected)
    return rows.map(({ observations, state }) => ({ observations, state }))
  }

  test('a list gives every copy its own seed', async () => {
    const seed = [7, 7, 3, 100, 4]
    expect(await reset({ seed })).toEqual(singles.map((single, copy) => single.reset(seed[copy])))
    await stepAll(new Rng(1))
  })

  test('without a seed the streams go on', async () => {
    await resetAll(30)
    expect(await reset({})).toEqual(singles.map((single) => single.reset()))
    await stepAll(new Rng(2))
  })

  test('a mask resets its copies and leaves the others in the middle of their episodes', async () => {
    await resetAll(11)
    const before = await stepAll(new Rng(3))
    const after = await reset({ mask: [0, 1, 0, 0, 1] })
    expect(after).toEqual([before[0], singles[1]!.reset(), before[2], before[3], singles[4]!.reset()])
    await stepAll(new Rng(4))
    const seeded = await reset({ mask: [1, 0, 0, 1, 0], seed: 50 })
    expect([seeded[0], seeded[3]]).toEqual([singles[0]!.reset(50), singles[3]!.reset(53)])
    await stepAll(new Rng(5))
  })

  test('the seeds of copies outside the mask are not used', async () => {
    await resetAll(11)
    await reset({ mask: [1, 0, 0, 0, 0], seed: 90 })
    singles[0]!.reset(90)
    expect(await reset({})).toEqual(singles.map((single) => single.reset()))
  })

  test('a mask of nobody shows where all stand', async () => {
    await resetAll(11)
    const before = await stepAll(new Rng(6))
    expect(await reset({ mask: NONE })).toEqual(before)
    await stepAll(new Rng(7))
  })

  test('refuses a mask or seeds of another length, and seeds that are not finite', async () => {
    const before = await resetAll(11)
    const refusals = [
      { options: { mask: [1, 0] }, code: 'invalid_shape', field: 'mask' },
      { options: { seed: [1, 2, 3] }, code: 'invalid_shape', field: 'seed' },
      { options: { seed: Number.NaN }, code: 'not_finite', field: 'seed' },
      { options: { seed: [1, 2, Number.POSITIVE_INFINITY, 4, 5] }, code: 'not_finite', field: 'seed[2]' },
    ]
    for (const { options, code, field } of refusals)
      await expect(env.reset(options)).rejects.toMatchObject({ code, details: { field } })
    expect(await reset({ mask: NONE })).toEqual(before)
  })
})

test('without a seed ever, copy e has the stream of seed e', async () => {
  const env = await vectorEnvOf(oddTask, { numEnvs: 3 })
  const unseeded = await vectorEnvOf(oddTask, { numEnvs: 3 })
  await unseeded.reset({ mask: [0, 0, 0] })
  expect(await unseeded.reset()).toEqual(await env.reset({ seed: 0 }))
  for (const closing of [env, unseeded]) await closing.close()
})
