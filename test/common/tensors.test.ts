import { expect, test } from 'vitest'
import { nest, rows, tensor } from '../../src/common/tensors.ts'

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
