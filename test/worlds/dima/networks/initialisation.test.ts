// method.md 2.6, 2.7 and 3: how the networks start.
import { beforeAll, expect, test } from 'vitest'
import { initialValues, type Parameter } from '../../../../src/common/parameters.ts'
import { createNetworks } from '../../../../src/worlds/dima/train/world-model.ts'
import { expectNear } from '../../../common/close.ts'
import { debug, dims, useCpu } from './fixture.ts'

beforeAll(useCpu)

const networks = createNetworks(dims, debug)
const spread = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length)
const largest = (values: Float32Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0)

/** Initial values of the parameters whose name matches. */
function starts(parameters: Parameter[], name: RegExp) {
  const found = [...initialValues(parameters, 1)].filter(([key]) => name.test(key))
  expect(found.length).toBeGreaterThan(0)
  return found
}

test('the second convolution of every residual block and the output start at zero', () => {
  for (const [name, values] of starts(networks.denoiser.parameters, /conv2\.weight$|conv_out\.weight$/))
    expect(largest(values), name).toBe(0)
})

test('linear and convolution weights start within 1 / sqrt(fan-in), as in torch', () => {
  const decaying = networks.denoiser.parameters.filter(
    ({ decay, name }) => decay && !/conv2|conv_out/.test(name),
  )
  for (const { name, shape } of decaying) {
    const values = initialValues(decaying, 1).get(name)!
    const bound = 1 / Math.sqrt(shape.slice(0, -1).reduce((a, b) => a * b, 1))
    expect(largest(values), name).toBeLessThanOrEqual(Math.fround(bound))
    if (values.length > 300) expectNear(spread(values) / bound, 1 / Math.sqrt(3), 0.05)
  }
})

test('the reward model starts from N(0, 0.02) with zero biases', () => {
  const { parameters } = networks.reward
  const large = parameters.filter(({ shape, name }) => shape.length === 2 && !/norm/.test(name))
  for (const { name, shape } of large) {
    const values = initialValues(large, 1).get(name)!
    if (shape[0]! * shape[1]! > 500) expectNear(spread(values), 0.02, 0.002)
  }
  for (const [name, values] of starts(parameters, /bias$/)) expect(largest(values), name).toBe(0)
})

test('learned embeddings of the denoiser start from N(0, 1)', () => {
  for (const [, values] of starts(networks.denoiser.parameters, /agent\.weight$|slot\.weight$/))
    expectNear(spread(values), 1, 0.25)
})

test('norms start as the identity', () => {
  for (const [, values] of starts(networks.reward.parameters, /norm\d?\.weight$/))
    expect(new Set(values)).toEqual(new Set([1]))
})

test('a parameter starts the same whatever else the network has', () => {
  const deeper = createNetworks(dims, { ...debug, reward: { ...debug.reward, layers: 3 } })
  const [few, many] = [
    initialValues(networks.reward.parameters, 1),
    initialValues(deeper.reward.parameters, 1),
  ]
  expect(many.size).toBeGreaterThan(few.size)
  for (const [name, values] of few) expect(many.get(name)).toEqual(values)
})
