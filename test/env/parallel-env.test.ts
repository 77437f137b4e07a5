import { expect, test } from 'vitest'
import { makeEnv, taskNames, taskSpec } from '../../src/env/make-env.ts'
import { checkParallelEnv } from './check-parallel-env.ts'

/** One of each option that the tasks themselves leave at its default. */
const variants = [
  'HalfCheetah-2x3-v1?observation=raw',
  'Walker2d-2x3-v1?physics=mujoco210',
  'Ant-2x4-v1?observation=k-hop&hops=1&actionMap=by-joint&contacts=real',
  'Ant-4x2-v1?actionMap=by-joint',
  'Walker2d-3x2-v1?observation=k-hop&hops=2',
  'HalfCheetah-2+4-v1',
  'HalfCheetah-1x6-v1',
]

test.each([...taskNames, ...variants])('%s keeps the contract of ParallelEnv', async (name) => {
  const { episodeLimit } = taskSpec(name)
  const results = await checkParallelEnv(await makeEnv(name), { episodeLimit })
  expect(results.filter(({ skipped }) => skipped !== undefined)).toEqual([])
})
