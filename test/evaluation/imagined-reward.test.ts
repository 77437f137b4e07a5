// Imagined rewards against real ones from the same starts.
import { expect, test } from 'vitest'
import { drawSegments, type Segments } from '../../src/evaluation/held-out.ts'
import { compareRewards, type Imagine } from '../../src/evaluation/imagined-reward.ts'
import { sizes } from '../runs/synthetic-env.ts'
import { earning, episodes } from './reproduce/fixture.ts'

const { horizon: H } = sizes
const options = { segments: 40, seed: 1, sizes }
const whole = ({ count }: Segments) => new Int32Array(count).fill(H)
/** What really followed, times a factor, plus a constant. */
const imagining =
  (factor: number, more = 0): Imagine =>
  async (segments) => ({ rewards: segments.rewards.map((r) => factor * r + more), lengths: whole(segments) })

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
