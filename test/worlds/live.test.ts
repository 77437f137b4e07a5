import { expect, test } from 'vitest'
import { type LiveResults, scatterRows } from '../../src/worlds/live.ts'

const results: LiveResults = {
  carried: Float32Array.of(1, 2, 3, 4, 5, 6),
  states: Float64Array.of(0.1, 0.2, 0.3, 0.4),
  observations: Float32Array.of(7, 8, 9, 10, 11, 12),
  rewards: Float32Array.of(0.5, -0.5),
  terminationProbabilities: Float32Array.of(0.25, 0.75),
  terminations: Uint8Array.of(0, 1),
  computeMs: 3,
}

test('each row gets its own numbers', () => {
  const [first, second] = scatterRows(results, (row) => 10 + row)
  expect(first).toMatchObject({ reward: 0.5, terminationProbability: 0.25, terminated: false, queueMs: 10 })
  expect(second).toMatchObject({ reward: -0.5, terminationProbability: 0.75, terminated: true, queueMs: 11 })
  expect([first!.carried, second!.carried]).toEqual([Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)])
  expect([first!.state, second!.state]).toEqual([Float64Array.of(0.1, 0.2), Float64Array.of(0.3, 0.4)])
  expect(second!.observations).toEqual(Float32Array.of(10, 11, 12))
  expect(second).toMatchObject({ computeMs: 3, batch: 2 })
})

test('in memory of its own, which holds nothing else', () => {
  const [first, second] = scatterRows(results, () => 0)
  for (const { carried, state, observations } of [first!, second!])
    expect(carried.buffer.byteLength).toBe(carried.byteLength + state.byteLength + observations.byteLength)
  expect(first!.state.buffer).not.toBe(second!.state.buffer)
  expect(first!.state.buffer).not.toBe(results.states.buffer)
})
