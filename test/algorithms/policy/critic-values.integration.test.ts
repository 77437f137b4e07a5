import { beforeAll, expect, test } from 'vitest'
import { criticValues } from '../../../src/algorithms/policy/critic-values.ts'
import { packBuckets, planBuckets } from '../../../src/graph/train-step.ts'
import { createCritic } from '../../../src/networks/critic.ts'
import { CLOSE, expectClose } from '../../common/close.ts'
import { random, randomWeights, tensorsOf, toTensor, useCpu } from '../../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

test.each([1, 33])('values of %d states are those of the eager critic', async (count) => {
  const critic = createCritic(5, { width: 16, layers: 2, headGain: 1 })
  const weights = randomWeights(critic.parameters)
  const inputs = random([count, 5], 'states')
  const buckets = packBuckets(planBuckets(critic.parameters), weights)
  const values = await criticValues(critic, buckets, inputs.data, 5)
  const eager = critic.value(tensorsOf(critic.parameters, weights), toTensor(inputs))
  expectClose(values, eager.dataSync(), CLOSE.network)
  expect(new Set(values).size).toBe(count)
})
