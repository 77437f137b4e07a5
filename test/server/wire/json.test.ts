import { expect, test } from 'vitest'
import { encodeJson, isLarge, jsonInTurns } from '../../../src/server/wire/json.ts'
import { WireTensor } from '../../../src/server/wire/tensor.ts'

const ramp = (shape: number[]) => {
  const size = shape.reduce((product, n) => product * n, 1)
  return new WireTensor(
    Float32Array.from({ length: size }, (_, i) => i / 7 - 3),
    shape,
  )
}

async function collect(value: unknown): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of jsonInTurns(value)) pieces.push(piece)
  return pieces
}

test('a tensor is nested arrays', () => {
  expect(encodeJson({ a: new WireTensor(Float64Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3]) })).toBe(
    '{"a":[[[1,2,3],[4,5,6]]]}',
  )
  expect(encodeJson(new WireTensor(new Float32Array(0), [2, 0]))).toBe('[[],[]]')
  expect(encodeJson(new WireTensor(new Float32Array(0), [0, 3]))).toBe('[]')
  expect(encodeJson(new WireTensor(Float64Array.of(7), []))).toBe('7')
})

test.each([
  [[]],
  [[5]],
  [[10_000]],
  [[3001, 1]],
  [[600, 15, 4]],
  [[2, 40_000]],
  [[3, 2, 3001]],
  [[1, 1, 1, 7000]],
  [[50, 0, 60]],
])('in turns as at once: shape %j', async (shape) => {
  const value = { states: ramp(shape), after: 1 }
  expect((await collect(value)).join('')).toBe(encodeJson(value))
})

test('everything that a reply can hold', async () => {
  const value = {
    text: 'quo"te \u2028 ä',
    left: undefined,
    none: null,
    empty: {},
    list: [],
    flags: [[true, false], [true]],
    finals: [null, { state: ramp([4]), observations: { front: ramp([2]) } }],
    sessions: [{ state: ramp([3]) }, { state: ramp([3]) }],
    observations: { front: ramp([300, 30]), 'a"b': ramp([300, 30]) },
    not: [Number.NaN, 1e300, -0],
    timing: { total_ms: 1.5 },
  }
  const pieces = await collect(value)
  expect(pieces.join('')).toBe(encodeJson(value))
  expect(pieces.length).toBeGreaterThan(1)
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(200_000)
})

test('other work gets its turn between the pieces', async () => {
  let turns = 0
  const count = () => {
    turns++
    again = setImmediate(count)
  }
  let again = setImmediate(count)
  const pieces = await collect({ states: ramp([600, 15, 20]) })
  clearImmediate(again)
  expect(pieces.length).toBeGreaterThan(20)
  expect(turns).toBeGreaterThanOrEqual(pieces.length - 1)
})

test('knows what is large', () => {
  expect(isLarge({ state: ramp([17]), observations: { a: ramp([17]) }, note: 'x' })).toBe(false)
  expect(isLarge({ sessions: [{ observations: { a: ramp([5000]), b: ramp([5000]) } }] })).toBe(true)
})
