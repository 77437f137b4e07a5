import { expect, test } from 'vitest'
import { Pace } from '../../src/training/pace.ts'

const pace = () => {
  const measured = new Pace({ decoder: 10, denoiser: 20, reward: 5 })
  measured.measure('decoder', 1)
  measured.measure('denoiser', 4)
  measured.measure('reward', 2)
  return measured
}

test('what is left is the rest of this network, the later networks and the epochs to come', () => {
  // an epoch is 10 + 80 + 10 = 100 ms; left: 60 of the denoiser, 10 of the reward model, two epochs
  const { secondsLeft, rate, done } = pace().estimate('denoiser', 5, { before: 1, after: 2 })
  expect(secondsLeft).toBeCloseTo(0.27, 10)
  expect(rate).toBe(250)
  expect(done).toBeCloseTo(1 - 270 / 400, 10)
})

test('the last update of the last network leaves nothing', () => {
  const { secondsLeft, done } = pace().estimate('reward', 5, { before: 3, after: 0 })
  expect([secondsLeft, done]).toEqual([0, 1])
})
