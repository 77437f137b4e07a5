import { expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { box, contains, sample } from '../../src/env/spaces.ts'

const torque = box(-1, 1, ['thigh', 'shin'], ['1', '1'])

test('a box contains its bounds, and nothing beyond, of another length or not a number', () => {
  expect(contains(torque, [-1, 1])).toBe(true)
  expect(contains(torque, [0, 1.01])).toBe(false)
  expect(contains(torque, [0])).toBe(false)
  expect(contains(torque, [0, Number.NaN])).toBe(false)
})

test('samples lie within the bounds and follow the random stream', () => {
  const rng = new Rng(1)
  for (let i = 0; i < 100; i++) expect(contains(torque, sample(torque, rng))).toBe(true)
  expect(sample(torque, new Rng(2))).toEqual(sample(torque, new Rng(2)))
})

test('refuses to sample without bounds, and names without units', () => {
  expect(() => sample(box(-Infinity, Infinity, ['height'], ['m']), new Rng(1))).toThrow(
    /height has no bounds/,
  )
  expect(() => box(0, 1, ['height'], [])).toThrow(/1 names for 0 units/)
})
