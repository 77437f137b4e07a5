import { beforeAll, test } from 'vitest'
import { compileActor, PolicySession } from '../../../src/algorithms/policy/policy.ts'
import { packBuckets, planBuckets } from '../../../src/graph/train-step.ts'
import { createActor } from '../../../src/networks/actor.ts'
import { CLOSE, expectClose } from '../../common/close.ts'
import {
  dims,
  random,
  randomWeights,
  tensorsOf,
  toTensor,
  useCpu,
} from '../../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

test('acts for all agents of any number of copies as the actor with these parameters does', async () => {
  const config = { width: 16, layers: 1 }
  const actor = createActor(dims, config)
  const weights = randomWeights(actor.parameters)
  const buckets = packBuckets(planBuckets(actor.parameters), weights)
  const session = await PolicySession.open(compileActor(dims, config, buckets), dims)
  for (const copies of [1, 10]) {
    const observations = random([copies, dims.agents, dims.observation], 'seen')
    const { mean, std } = await session.act(observations.data, copies)
    const eager = actor.act(tensorsOf(actor.parameters, weights), toTensor(observations))
    expectClose(mean, eager.mean.dataSync(), CLOSE.network)
    expectClose(std, eager.std.dataSync(), CLOSE.network)
  }
  await session.close()
})
