// method.md 4.1: the critic of global states.
import { beforeAll, describe, expect, test } from 'vitest'
import { countOf, initialValues } from '../../src/common/parameters.ts'
import { createCritic } from '../../src/networks/critic.ts'
import { DIMA_POLICY, PPO_POLICY } from '../../src/networks/policy-sizes.ts'
import { CLOSE, expectClose } from '../common/close.ts'
import { dims, randomTensor, randomWeights, tensorsOf, useCpu } from '../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

const config = DIMA_POLICY.critic

describe('parameters (method.md 5)', () => {
  test('73,263 where the joint action stands beside the state', () => {
    const width = dims.state + dims.agents * dims.action
    expect(width).toBe(23)
    expect(countOf(createCritic(width, config).parameters)).toBe(73_263)
  })

  test('each input has a weight for every unit, and a scale and a shift', () => {
    const [wide, narrow] = [23, 17].map((width) => countOf(createCritic(width, config).parameters)) as [
      number,
      number,
    ]
    expect(wide - narrow).toBe(6 * (config.width + 2))
  })
})

test('gives one value a state, a function of that state alone', () => {
  const critic = createCritic(dims.state, config)
  const weights = tensorsOf(critic.parameters, randomWeights(critic.parameters))
  const states = randomTensor([5, dims.state], 'states')
  const values = critic.value(weights, states)
  expect(values.shape).toEqual([5])
  expect(new Set(values.dataSync()).size).toBe(5)
  const alone = critic.value(weights, states.slice([3, 0], [1, -1]))
  expectClose(alone.dataSync(), values.dataSync().subarray(3, 4), CLOSE.float32)
})

test.each([
  { of: 'DIMA', sizes: DIMA_POLICY.critic, length: 1 },
  { of: 'MAPPO and HAPPO', sizes: PPO_POLICY.critic, length: 1 },
])('the head of the critic of $of starts with weights of length $length', ({ sizes, length }) => {
  const critic = createCritic(dims.state, sizes)
  const head = initialValues(critic.parameters, 1).get('value.weight')!
  expect(Math.hypot(...head)).toBeCloseTo(length, 5)
})
