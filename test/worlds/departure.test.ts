import { expect, test } from 'vitest'
import { departuresOf, statesBefore } from '../../src/worlds/departure.ts'
import { specOf } from '../inference/fixture.ts'

test('every action is taken in the state before it: the last of the start, then what was imagined', () => {
  const spec = specOf({ S: 1, L: 2 })
  const rollout = { batch: 2, horizon: 3, states: Float64Array.of(9, 1, 9, 5) }
  const states = Float64Array.of(2, 3, 4, 6, 7, 8)
  expect([...statesBefore(spec, rollout as never, { states })]).toEqual([1, 2, 3, 5, 6, 7])
})

test('numbers count their distance in deviations, choices how much likelier another would be, padding nothing', () => {
  const spec = specOf({ N: 2, A: 3 })
  const [one, two] = spec.agents
  const agents = [
    { ...one!, actuators: ['a', 'b'] },
    { ...two!, actuators: ['a', 'b', 'c'], choices: [2] },
  ]
  const leanings = {
    mean: Float32Array.of(0, 0.5, 0, 1, 0.25, 0.75),
    std: Float32Array.of(0.5, 0.1, 0, 2, 0, 0),
  }
  const likely = departuresOf({ ...spec, agents }, leanings, Float32Array.of(1, 0.5, 0, -1, 0, 1))
  expect([...likely]).toEqual([4, 1])
  const [, unlikely] = departuresOf({ ...spec, agents }, leanings, Float32Array.of(1, 0.5, 0, 1, 1, 0))
  expect(unlikely).toBeCloseTo(2 * Math.log(3), 6)
})
