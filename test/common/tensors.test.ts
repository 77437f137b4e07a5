import { expect, test } from 'vitest'
import { cutRows, nest, pasteColumns, pasteRows, rows, tensor } from '../../src/common/tensors.ts'

const counted = tensor([3, 2], Float32Array.of(0, 1, 2, 3, 4, 5))

test('refuses values that do not fill the shape', () => {
  expect(() => tensor([2, 2], new Float32Array(3))).toThrow('3 values for shape [2,2]')
})

test('rows are a view of the first axis', () => {
  const part = rows(counted, 1, 3)
  expect(part).toEqual({ shape: [2, 2], data: Float32Array.of(2, 3, 4, 5) })
  expect(part.data.buffer).toBe(counted.data.buffer)
})

test('nests flat values by shape, from an offset', () => {
  expect(nest(counted.data, [3, 2])).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ])
  expect(nest(counted.data, [1, 2, 1], 2)).toEqual([[[2], [3]]])
  expect(nest(counted.data, [], 4)).toBe(4)
})

test('cuts the same part of every row, and pastes it back', () => {
  const data = Float32Array.of(0, 1, 2, 3, 4, 5)
  expect([...cutRows(data, 2, 1, 2)]).toEqual([1, 2, 4, 5])
  pasteRows(data, 2, 0, Float32Array.of(7, 8, 9, 10))
  expect([...data]).toEqual([7, 8, 2, 9, 10, 5])
})

test('pastes parts of different widths next to each other in every row', () => {
  const parts = [Float64Array.of(1, 2), Float64Array.of(3, 4, 5, 6)]
  expect([...pasteColumns(new Float64Array(6), 2, parts)]).toEqual([1, 3, 4, 2, 5, 6])
})
