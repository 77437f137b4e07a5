import { test } from 'vitest'
import { makeEnv, taskNames } from '../../src/env/make-env.ts'
import { checkParallelEnv } from './check-parallel-env.ts'

test.each(taskNames)('%s keeps the contract of ParallelEnv', async (name) => {
  checkParallelEnv(await makeEnv(name), { steps: 1100 })
})
