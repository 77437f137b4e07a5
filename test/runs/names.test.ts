import { expect, test } from 'vitest'
import { modelNameOf, runNameOf } from '../../src/runs/names.ts'

test.each([
  ['HalfCheetah-2x3', 'halfcheetah-2x3', 'halfcheetah-2x3'],
  ['HalfCheetah-2x3-v1', 'halfcheetah-2x3', 'halfcheetah-2x3'],
  ['Ant-4x2-v1?observation=k-hop&hops=1', 'ant-4x2', 'ant-4x2-observation-k-hop-hops-1'],
  ['Walker2d-2+4-v1', 'walker2d-2-4', 'walker2d-2-4'],
  ['mpe/simple_spread_v3', 'mpe-simple-spread', 'mpe-simple-spread'],
  ['???', 'model', 'run'],
])('models of %s are called %s, runs %s', (task, model, run) => {
  expect(modelNameOf(task)).toBe(model)
  expect(runNameOf(task)).toBe(run)
})

test('a model name has at most 63 characters', () => {
  expect(modelNameOf('x'.repeat(100))).toHaveLength(63)
})
