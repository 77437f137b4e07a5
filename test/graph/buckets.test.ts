import { expect, test } from 'vitest'
import { packBuckets, planBuckets, unpackBuckets } from '../../src/graph/buckets.ts'

const parameters = [
  { name: 'a', shape: [2, 3], decay: true },
  { name: 'b', shape: [3], decay: false },
  { name: 'c', shape: [4], decay: true },
  { name: 'd', shape: [], decay: false },
  { name: 'e', shape: [20], decay: true },
  { name: 'f', shape: [1], decay: true },
]

const layout = (size?: number) =>
  planBuckets(parameters, size).map(({ decay, size, parameters }) => ({
    decay,
    size,
    slots: parameters.map(({ name, offset }) => `${name}@${offset}`).join(' '),
  }))

test('decayed and other parameters never share a bucket', () => {
  expect(layout()).toEqual([
    { decay: true, size: 31, slots: 'a@0 c@6 e@10 f@30' },
    { decay: false, size: 4, slots: 'b@0 d@3' },
  ])
})

test('a full bucket is closed, and a larger parameter has its own', () => {
  expect(layout(10)).toEqual([
    { decay: true, size: 10, slots: 'a@0 c@6' },
    { decay: false, size: 4, slots: 'b@0 d@3' },
    { decay: true, size: 20, slots: 'e@0' },
    { decay: true, size: 1, slots: 'f@0' },
  ])
})

test('packing and unpacking keep the values', () => {
  const buckets = planBuckets(parameters, 10)
  const values = new Map(
    parameters.map(({ name, shape }, i) => [
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, j) => i + j / 100),
    ]),
  )
  const unpacked = unpackBuckets(buckets, packBuckets(buckets, values))
  expect(new Map([...unpacked].sort())).toEqual(values)
})
