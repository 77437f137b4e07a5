// method.md 7.2: the L1 error of every step, and its running sum.
import { expect, test } from 'vitest'
import { accumulate, medianAccumulated, rowErrors, stepErrors } from '../../src/evaluation/step-errors.ts'
import { plansToEvaluate } from '../../src/worlds/dima/serve/scored-plans.ts'
import { CLOSE, expectClose } from '../common/close.ts'

// Two rows, three steps, two entries.
const zero = new Float64Array(12)
const values = Float64Array.of(1, -1, 2, 2, 3, 5, 3, 1, 0, 0, 1, -1)

test('is the mean over rows and entries of each step', () => {
  expect(stepErrors(values, zero, 3, 2)).toEqual([6 / 4, 4 / 4, 10 / 4])
})

test('does not depend on the sign or the side of the error', () => {
  expect(stepErrors(zero, values, 3, 2)).toEqual(stepErrors(values, zero, 3, 2))
})

test('divides every entry by its scale', () => {
  expectClose(
    stepErrors(values, zero, 3, 2, [2, 10]),
    [(4 / 2 + 2 / 10) / 4, (2 / 2 + 2 / 10) / 4, (4 / 2 + 6 / 10) / 4],
    CLOSE.float64,
  )
})

test('refuses arrays of different length', () => {
  expect(() => stepErrors(values, zero.subarray(1), 3, 2)).toThrow('12 values against 11')
})

test('accumulates over the horizon', () => {
  expect(accumulate([1, 2, 0.5])).toEqual([1, 3, 3.5])
})

test('evaluates the paper orders, the balanced one where each agent acts twice', () => {
  const orders = (agents: number, steps: number) =>
    plansToEvaluate(agents, steps)
      .filter(({ name }) => name === 'sequential')
      .map(({ order }) => order)
  expect(orders(2, 4)).toEqual([
    [1, 0],
    [0, 1],
    [1, 0, 0, 1],
  ])
  expect(orders(3, 3)).toEqual([
    [2, 1, 0],
    [0, 1, 2],
  ])
})

test('row errors keep the rows apart, and the median row of what has accumulated is not moved by one bad row', () => {
  const [imagined, truth] = [
    [1, 0, 2, 0, /**/ 0, 0, 1, 1, /**/ 90, 0, 0, 90],
    [0, 0, 0, 0, /**/ 0, 0, 0, 0, /**/ 0, 0, 0, 0],
  ]
  const rows = rowErrors(imagined, truth, 2, 2)
  expect(rows).toEqual([
    [0.5, 1],
    [0, 1],
    [45, 45],
  ])
  expect(medianAccumulated(rows)).toEqual([0.5, 1.5])
  expect(stepErrors(imagined, truth, 2, 2)).toEqual([45.5 / 3, 47 / 3])
  expect(medianAccumulated(rows.slice(0, 2))).toEqual([0.25, 1.25])
})
