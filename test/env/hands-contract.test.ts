// The tasks of the hands against the contracts, alone and side by side.
import { expect, test } from 'vitest'
import { checkVectorEnv } from '../../src/env/contract/check-vector-env.ts'
import { makeEnv } from '../../src/env/make-env.ts'
import { makeVectorEnv } from '../../src/env/vector/make-vector-env.ts'
import { checkParallelEnv } from './check-parallel-env.ts'

const STARTS_ALIKE = { randomStarts: false }

test('DexHands-Pen keeps the contract of ParallelEnv', async () => {
  const results = await checkParallelEnv(await makeEnv('DexHands-Pen'), {
    ...STARTS_ALIKE,
    episodeLimit: 125,
    steps: 150,
  })
  expect(results.length).toBeGreaterThan(5)
})

test.each([
  ['BottleCap', 'next_step'],
  ['DoorOpenOutward', 'next_step_acted'],
] as const)('DexHands-%s keeps the contract of VectorEnv, %s', async (task, autoreset) => {
  const env = await makeVectorEnv(`DexHands-${task}`, { numEnvs: 2, autoreset })
  const results = await checkVectorEnv(env, { ...STARTS_ALIKE, steps: 60, episodeLimit: 125 })
  expect(results.length).toBeGreaterThan(5)
})
