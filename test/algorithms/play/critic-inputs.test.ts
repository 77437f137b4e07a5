import { expect, test } from 'vitest'
import { criticInputs } from '../../../src/algorithms/play/critic-inputs.ts'

test('each state is standardised over its own entries', () => {
  const inputs = criticInputs(Float64Array.of(1, 3, 100, 300), 2)
  expect([...inputs]).toEqual([-1, 1, -1, 1])
})

test('equal entries, or a single one, say nothing', () => {
  expect([...criticInputs(Float64Array.of(5, 5), 2)]).toEqual([0, 0])
  expect([...criticInputs(Float64Array.of(5, 6), 1)]).toEqual([0, 0])
})
