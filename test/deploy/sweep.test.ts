import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readSweep } from '../../src/algorithms/sweep/sweep.ts'
import { taskNames } from '../../src/env/make-env.ts'
import { deploy } from './rules.ts'

const SEEDS = [1, 2, 3, 4]

test('sweep.jsonl has every task of the paper with four seeds', () => {
  const runs = readSweep(fileURLToPath(deploy('kubernetes/sweep/sweep.jsonl')), {})
  const tasks = taskNames.map((name) => name.replace(/-v\d+$/, ''))
  expect(runs.map(({ flags: { task, seed } }) => ({ task, seed }))).toEqual(
    tasks.flatMap((task) => SEEDS.map((seed) => ({ task, seed }))),
  )
})
