// Check 12: imagined rewards against real ones from the same starts.
import { expect, test } from 'vitest'
import type { DimaModel } from '../../../src/algorithms/dima/trained-model.ts'
import { tensor } from '../../../src/common/tensors.ts'
import { drawSegments, type Segments } from '../../../src/evaluation/held-out.ts'
import {
  compareRewards,
  type Imagine,
  policyImagination,
} from '../../../src/evaluation/reproduce/policy-reward.ts'
import { fakeSimulator } from '../../inference/fixture.ts'
import { sizes, spec } from '../../runs/synthetic-env.ts'
import { opened } from '../opened.ts'
import { episodes, missesOf, subjectOf } from './fixture.ts'

const { horizon: H } = sizes
const options = { segments: 40, seed: 1, sizes }
const whole = ({ count }: Segments) => new Int32Array(count).fill(H)
/** What really followed, times a factor, plus a constant. */
const imagining =
  (factor: number, more = 0): Imagine =>
  async (segments) => ({ rewards: segments.rewards.map((r) => factor * r + more), lengths: whole(segments) })
/** Of episodes that earn about 4 a step. */
const earning = episodes.map((episode) => ({
  ...episode,
  rewards: episode.rewards.map((_, t) => 4 + 0.1 * (t % 5)),
}))

test('what the model imagines exactly has no error', async () => {
  const { imagined, real, relativeError } = await compareRewards(earning, imagining(1), options)
  expect([imagined, relativeError]).toEqual([real, 0])
  expect(real).toBeCloseTo(4.2, 1)
})

test('the error is relative to what was really earned', async () => {
  for (const factor of [0.9, 1.1, 1.5])
    expect((await compareRewards(earning, imagining(factor), options)).relativeError).toBeCloseTo(
      Math.abs(factor - 1),
      5,
    )
})

test('where the mean is near zero, to how much segments differ', async () => {
  const { rewards } = drawSegments(episodes, options.segments, options.seed, sizes)
  const mean = rewards.reduce((a, b) => a + b, 0) / rewards.length
  const nothing = episodes.map((episode) => ({ ...episode, rewards: episode.rewards.map((r) => r - mean) }))
  const { real, relativeError } = await compareRewards(nothing, imagining(1, 1), options)
  expect(Math.abs(real)).toBeLessThan(1e-3)
  expect(relativeError).toBeLessThan(0.2)
})

test('rewards after an imagined end do not count', async () => {
  const ended: Imagine = async ({ count, rewards }) => ({
    rewards: rewards.map((r, i) => (i % H < 2 ? r : 1e6)),
    lengths: new Int32Array(count).fill(2),
  })
  expect((await compareRewards(earning, ended, options)).relativeError).toBeLessThan(0.05)
})

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
