import { expect, test } from 'vitest'
import { taskSpec } from '../../../src/env/make-env.ts'
import { formatTaskName, parseTaskName } from '../../../src/env/mujoco/task-options.ts'

const defaults = {
  observation: 'standardised',
  hops: 1,
  actionMap: 'contiguous',
  physics: 'modern',
  contacts: 'zeros',
}

test('a name says robot, split and what differs from the defaults', () => {
  expect(parseTaskName('HalfCheetah-2x3-v1')).toEqual({
    robot: 'HalfCheetah',
    split: '2x3',
    options: defaults,
  })
  expect(parseTaskName('Ant-1+7?observation=k-hop&hops=0&actionMap=by-joint&contacts=real')).toEqual({
    robot: 'Ant',
    split: '1+7',
    options: { ...defaults, observation: 'k-hop', hops: 0, actionMap: 'by-joint', contacts: 'real' },
  })
})

test.each([
  ['Ant-4x2', 'Ant-4x2-v1'],
  ['HalfCheetah-3+3-v1', 'HalfCheetah-2x3-v1'],
  ['HalfCheetah-02x3', 'HalfCheetah-2x3-v1'],
  ['HalfCheetah-6', 'HalfCheetah-1x6-v1'],
  ['Walker2d-02+4', 'Walker2d-2+4-v1'],
  ['Ant-4x2?contacts=real&observation=raw', 'Ant-4x2-v1?observation=raw&contacts=real'],
  ['Ant-4x2?physics=modern&hops=3', 'Ant-4x2-v1'],
  ['Ant-4x2?observation=k-hop&hops=1', 'Ant-4x2-v1?observation=k-hop'],
  ['Ant-4x2?observation=k-hop&hops=0', 'Ant-4x2-v1?observation=k-hop&hops=0'],
  ['HalfCheetah-2x3?contacts=real', 'HalfCheetah-2x3-v1'],
])('%s is %s: every task has one name', (name, full) => {
  expect(taskSpec(name).name).toBe(full)
  expect(taskSpec(full)).toEqual(taskSpec(name))
  expect(formatTaskName(parseTaskName(full))).toBe(full)
})

test.each([
  '',
  'Ant',
  'Ant-',
  'Ant-2x',
  'Ant-2x4-v2',
  'Ant-2x4-',
  'ant-2x4',
  'Ant-2x4d',
  ' Ant-2x4',
  'Ant-2-4',
])('"%s" is not the name of a task', (name) => {
  expect(() => parseTaskName(name)).toThrow(expect.objectContaining({ code: 'unknown_task' }))
})

test.each([
  ['obs=raw', /obs/],
  ['observation=all', /observation/],
  ['observation=k-hop&hops=9', /hops/],
  ['observation=k-hop&hops=1.5', /hops/],
  ['observation=k-hop&hops=', /hops/],
  ['actionMap=joint', /actionMap/],
  ['hops=1&hops=2', /option hops of a task is given more than once/],
  ['constructor=1', /constructor of a task is not known/],
  ['__proto__=1', /__proto__ of a task is not known/],
])('refuses the option %s and names it', (query, message) => {
  const parse = () => parseTaskName(`Ant-2x4?${query}`)
  expect(parse).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringMatching(message) }),
  )
})
