// Check 12: what the policy earns in imagination.
import { expect, test } from 'vitest'
import type { DimaModel } from '../../../src/algorithms/dima/trained-model.ts'
import { tensor } from '../../../src/common/tensors.ts'
import { drawSegments } from '../../../src/evaluation/held-out.ts'
import { policyImagination } from '../../../src/evaluation/imagined-reward.ts'
import { fakeSimulator } from '../../inference/fixture.ts'
import { sizes, spec } from '../../runs/synthetic-env.ts'
import { opened } from '../opened.ts'
import { earning, episodes, missesOf, subjectOf } from './fixture.ts'

const { horizon: H } = sizes

/** Every imagined step earns so much. */
const paying = (reward: number) =>
  fakeSimulator(spec, {
    reward: ({ states }) => ({
      rewards: tensor([states!.shape[0]!, H], new Float32Array(states!.shape[0]! * H).fill(reward)),
      termination_probabilities: tensor([states!.shape[0]!, H]),
    }),
    policy: ({ observations }) => {
      const shape = [observations!.shape[0]!, sizes.agents, sizes.action]
      return { mean: tensor(shape), std: tensor(shape) }
    },
  })

const subjectFor = (reward: number, policy = true) =>
  subjectOf(opened(spec, paying(reward).simulator), {
    episodes: earning,
    model: { spec, networks: policy ? { policy: {} } : {} } as unknown as DimaModel,
  })

test('misses an imagined reward that runs away, and one that lags', async () => {
  const figure = 'imagined against real mean reward, relative'
  expect(await missesOf(12, subjectFor(4.2))).toEqual([])
  expect(await missesOf(12, subjectFor(5.5))).toEqual([figure])
  expect(await missesOf(12, subjectFor(3))).toEqual([figure])
})

test('the policy acts for every agent from the segments’ own starts', async () => {
  const { simulator, callsOf } = paying(1)
  const segments = drawSegments(episodes, 6, 1, sizes)
  const { rewards } = await policyImagination(opened(spec, simulator), 1)(segments)
  expect([rewards.length, callsOf('policy').length]).toEqual([6 * H, H])
})
