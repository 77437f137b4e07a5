import { expect, test } from 'vitest'
import { withWeightType } from '../../src/evaluation/weight-type.ts'

const modelOf = (...values: number[]) => ({
  name: 'kept',
  networks: {
    denoiser: { parameters: [{ name: 'in.weight', shape: [values.length], decay: true, init: () => {} }] },
  },
  weights: { denoiser: new Map([['in.weight', Float32Array.from(values)]]) },
})
const valuesOf = ({ weights }: Pick<ReturnType<typeof modelOf>, 'weights'>) => [
  ...weights.denoiser.get('in.weight')!,
]

test('float16 rounds every weight, and leaves the model that was given alone', () => {
  const model = modelOf(0.1, -2, 1 / 3)
  const rounded = withWeightType(model, 'float16')
  expect(valuesOf(rounded)).toEqual([0.0999755859375, -2, 0.333251953125])
  expect(rounded.name).toBe('kept')
  expect(valuesOf(model)[0]).toBe(Math.fround(0.1))
})

test('float32 changes nothing', () => {
  const model = modelOf(0.1)
  expect(withWeightType(model, 'float32')).toEqual({ ...model, weightType: 'float32' })
})

test.each([1e6, Number.NaN])('a weight of %f has no float16, and says whose it is', (value) => {
  expect(() => withWeightType(modelOf(1, value), 'float16')).toThrow('denoiser: in.weight has numbers')
  expect(() => withWeightType(modelOf(1, value), 'float32')).not.toThrow()
})

test('int8 rounds matrices by columns, and float16 what is none', () => {
  const { networks, weights } = modelOf(127, -0.1, 31.4, 0.2)
  const matrix = { parameters: [{ name: 'in.weight', shape: [2, 2], decay: true, init: () => {} }] }
  const rounded = withWeightType({ networks: { denoiser: matrix }, weights }, 'int8')
  const [a, b, c, d] = valuesOf(rounded)
  expect([a, c]).toEqual([127, 31]) // whole numbers of the column's scale, which is 1
  expect(d).toBeCloseTo(0.2, 3)
  expect(b! / d!).toBeCloseTo(-0.5, 2)
  expect(valuesOf(withWeightType({ networks, weights }, 'int8'))).toEqual(
    valuesOf(withWeightType({ networks, weights }, 'float16')),
  )
})

test('unless asked a model has what its kind is rounded to', () => {
  const model = { ...modelOf(0.1), weightType: 'float16' as const }
  expect(withWeightType(model)).toEqual(withWeightType(model, 'float16'))
  expect(withWeightType(model, 'float32')).toEqual({ ...model, weightType: 'float32' })
})

test('a policy stays as it learned', () => {
  const { networks, weights } = modelOf(0.1)
  const policy = new Map([['mean.weight', Float32Array.of(0.1)]])
  const rounded = withWeightType({ networks, weights: { ...weights, policy } }, 'float16')
  expect(rounded.weights.policy).toBe(policy)
  expect(rounded.weights.denoiser.get('in.weight')).not.toEqual(weights.denoiser.get('in.weight'))
})
