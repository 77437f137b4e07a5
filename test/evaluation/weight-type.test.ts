import { expect, test } from 'vitest'
import { withWeightType } from '../../src/evaluation/weight-type.ts'

const modelOf = (...values: number[]) => ({
  name: 'kept',
  weights: { denoiser: new Map([['in.weight', Float32Array.from(values)]]) },
})
const valuesOf = ({ weights }: ReturnType<typeof modelOf>) => [...weights.denoiser.get('in.weight')!]

test('float16 rounds every weight, and leaves the model that was given alone', () => {
  const model = modelOf(0.1, -2, 1 / 3)
  const rounded = withWeightType(model, 'float16')
  expect(valuesOf(rounded)).toEqual([0.0999755859375, -2, 0.333251953125])
  expect(rounded.name).toBe('kept')
  expect(valuesOf(model)[0]).toBe(Math.fround(0.1))
})

test('float32 changes nothing', () => {
  const model = modelOf(0.1)
  expect(withWeightType(model, 'float32')).toBe(model)
})

test.each([1e6, Number.NaN])('a weight of %f has no float16, and says whose it is', (value) => {
  expect(() => withWeightType(modelOf(1, value), 'float16')).toThrow('denoiser: in.weight has numbers')
  expect(() => withWeightType(modelOf(1, value), 'float32')).not.toThrow()
})

test('a policy stays as it learned', () => {
  const { weights } = modelOf(0.1)
  const policy = new Map([['mean.weight', Float32Array.of(0.1)]])
  const rounded = withWeightType({ weights: { ...weights, policy } }, 'float16')
  expect(rounded.weights.policy).toBe(policy)
  expect(rounded.weights.denoiser.get('in.weight')).not.toEqual(weights.denoiser.get('in.weight'))
})
