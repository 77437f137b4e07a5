// What the proof demands of everything that a simulator computes.
import { expect, test } from 'vitest'
import { checkResults } from '../../../src/inference/executors/check-results.ts'
import { specOf } from '../fixture.ts'

const spec = specOf({ S: 2, N: 2, A: 1, O: 3 })
const good = () => ({
  states: new Float64Array(3 * 4 * 2),
  observations: new Float32Array(3 * 4 * 2 * 3),
  rewards: new Float32Array(3 * 4),
  terminationProbabilities: new Float32Array(3 * 4),
  terminations: new Uint8Array(3 * 4),
  lengths: new Int32Array(3),
  drawn: { observations: new Float32Array(3 * 4 * 2 * 3), logProbabilities: new Float32Array(3 * 4 * 2) },
  computeMs: 1,
})

test('what is right passes', () => {
  expect(() => checkResults('it', good(), spec, 3, 4)).not.toThrow()
})

test.each([
  [
    'observations of one agent',
    { observations: new Float32Array(3 * 4 * 3) },
    'observations has 36 numbers, expected 72',
  ],
  [
    'drawn ones of one agent',
    { drawn: { observations: new Float32Array(36) } },
    'observations has 36 numbers',
  ],
  ['a reward for each row', { rewards: new Float32Array(3) }, 'rewards has 3 numbers, expected 12'],
  ['no number', { states: new Float64Array(3 * 4 * 2).fill(Number.NaN) }, 'states not finite'],
  ['a probability of 2', { terminationProbabilities: new Float32Array(12).fill(2) }, 'not within 0 and 1'],
  ['what does not divide by rows', { carried: new Float32Array(4) }, 'carried has 4 numbers for 3 rows'],
])('%s is refused by name', (_, change, message) => {
  expect(() => checkResults('it', { ...good(), ...change }, spec, 3, 4)).toThrow(message)
})
