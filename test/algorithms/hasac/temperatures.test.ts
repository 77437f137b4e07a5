import { expect, test } from 'vitest'
import { Temperatures } from '../../../src/algorithms/hasac/temperatures.ts'

const OPTIONS = { agents: 2, action: 3, learningRate: 3e-4 }

test('N + 1 of them begin at 1; Adam moves each by its own excess', () => {
  const temperatures = new Temperatures(OPTIONS)
  expect([temperatures.ofAgent(0), temperatures.ofAgent(1), temperatures.ofCritics]).toEqual([1, 1, 1])
  temperatures.learnOfAgent(0, 2) // an entropy of -2: above its aim, -3
  temperatures.learnOfAgent(1, 4) // below
  temperatures.learnOfCritics(7) // below -6
  const step = Math.exp(3e-4)
  expect(temperatures.ofAgent(0)).toBeCloseTo(1 / step, 9)
  expect(temperatures.ofAgent(1)).toBeCloseTo(step, 9)
  expect(temperatures.ofCritics).toBeCloseTo(step, 9)
})

test('the second step follows both moments', () => {
  const temperatures = new Temperatures(OPTIONS)
  temperatures.learnOfAgent(0, 5) // gradients -2 and -1 of the logarithm
  temperatures.learnOfAgent(0, 4)
  const m = (0.9 * 0.1 * -2 + 0.1 * -1) / (1 - 0.9 ** 2)
  const v = (0.999 * 0.001 * 4 + 0.001) / (1 - 0.999 ** 2)
  expect(Math.log(temperatures.ofAgent(0))).toBeCloseTo(3e-4 - (3e-4 * m) / Math.sqrt(v), 9)
})

test('fixed ones stay', () => {
  const temperatures = new Temperatures({ ...OPTIONS, fixed: 0.2 })
  temperatures.learnOfAgent(0, 50)
  temperatures.learnOfCritics(50)
  expect(temperatures.ofAgent(0)).toBeCloseTo(0.2, 12)
  expect(temperatures.ofCritics).toBeCloseTo(0.2, 12)
})

test('what is restored goes on as it would have', () => {
  const [one, other] = [new Temperatures(OPTIONS), new Temperatures(OPTIONS)]
  one.learnOfAgent(0, 5)
  other.restore(one.state)
  for (const temperatures of [one, other]) temperatures.learnOfAgent(0, 2)
  expect(other.state).toEqual(one.state)
})
