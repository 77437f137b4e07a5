import { expect, test } from 'vitest'
import { taskSpec } from '../../src/env/make-env.ts'

test.each([
  ['HalfCheeta-3x2', 'HalfCheetah-3x2'],
  ['halfcheetah-2x3', 'HalfCheetah-2x3-v1'],
  ['halfcheetah', 'HalfCheetah-2x3'],
  ['Walker-2x3', 'Walker2d-2x3'],
  ['ant', 'Ant-2x4-v1'],
  ['Ant-2x4-v2', 'Ant-2x4-v1'],
  ['DexHands-Door', 'DexHands-DoorOpenInward-mj1'],
  ['DexHands-door-mj1', 'DexHands-DoorOpenInward-mj1'],
  ['DexHands-Pencil-mj1', 'DexHands-Pen-mj1'],
])('%s is no task, and %s is meant', (given, meant) => {
  expect(() => taskSpec(given)).toThrow(
    expect.objectContaining({
      code: 'unknown_task',
      message: expect.stringMatching(`${given}.*\\(did you mean ${meant}\\?\\); the tasks are Ant-2x4-v1, `),
    }),
  )
})

test('a name that is near to none has the list alone', () => {
  expect(() => taskSpec('Nobody-2x3')).toThrow(/^no task named Nobody-2x3; the tasks are /)
})

test('a split that a robot does not have comes with those that it has', () => {
  expect(() => taskSpec('HalfCheetah-2x4')).toThrow(/do not divide so, but as 1x6, 2x3, 3x2, 6x1$/)
})

test('an option of a task is named as one', () => {
  expect(() => taskSpec('Ant-2x4?observatoin=raw')).toThrow(
    'the option observatoin of a task is not known (did you mean observation?)',
  )
  expect(() => taskSpec('Ant-2x4?observation=rwa')).toThrow(
    'the option observation of a task is "rwa", none of standardised, raw, k-hop (did you mean raw?)',
  )
})
