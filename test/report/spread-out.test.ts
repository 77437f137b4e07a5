// Labels in a column.
import { expect, test } from 'vitest'
import { spreadOut } from '../../src/report/drawing/spread-out.ts'

test('places that are far enough apart stay', () => {
  expect(spreadOut([10, 30, 60], 15, [0, 100])).toEqual([10, 30, 60])
})

test('close ones move apart around their middle, and push no further than they must', () => {
  expect(spreadOut([50, 50, 90], 10, [0, 100])).toEqual([45, 55, 90])
  expect(spreadOut([50, 52, 58], 10, [0, 100]).map(Math.round)).toEqual([43, 53, 63])
})

test('none leaves the column', () => {
  expect(spreadOut([0, 1], 10, [0, 100])).toEqual([0, 10])
  expect(spreadOut([98, 99], 10, [0, 100])).toEqual([90, 100])
})
