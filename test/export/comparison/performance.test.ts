import { expect, test } from 'vitest'
import { tensor } from '../../../src/common/tensors.ts'
import type { Episode } from '../../../src/episodes/replay/episode.ts'
import { perform } from '../../../src/export/comparison/performance.ts'
import { createTrials } from '../../../src/export/comparison/trials.ts'
import { opened } from '../../evaluation/opened.ts'
import { fakeSimulator, specOf } from '../../inference/fixture.ts'

const SPEC = specOf({ S: 1, N: 2, A: 1, H: 2, L: 1 })

/** States 0, 1, 0, 1, ...; every step gives a reward of 1. */
const episode: Episode = {
  length: 9,
  states: Float64Array.from({ length: 10 }, (_, t) => t % 2),
  actions: new Float32Array(18),
  observations: new Float32Array(0),
  rewards: new Float32Array(9).fill(1),
  terminated: true,
  truncated: false,
}
const trials = createTrials(SPEC, [episode], { segments: 6, seed: 3 })

function simulator({ state = 0, reward = 0, end = 0 }, spec = SPEC) {
  const fill = (value: number, ...shape: number[]) => {
    const filled = tensor(shape)
    filled.data.fill(value)
    return filled
  }
  const { simulator } = fakeSimulator(spec, {
    denoise: ({ noisy }) => ({ denoised: fill(state * 0.5, ...noisy!.shape) }), // half is sigmaData
    reward: ({ states }) => ({
      rewards: fill(reward, states!.shape[0]!, 2),
      termination_probabilities: fill(end, states!.shape[0]!, 2),
    }),
  })
  return opened(spec, simulator)
}

test('errors are summed over the horizon and in the given units', async () => {
  const { byDefault, stateErrors, rewardErrors } = await perform(
    simulator({ state: 0, reward: 0.75 }),
    trials,
    [0.5],
  )
  expect([byDefault, Object.keys(stateErrors).sort()]).toEqual([
    'joint',
    ['joint', 'progressive', 'sequential'],
  ])
  for (const errors of Object.values(stateErrors)) for (const error of errors) expect(error).toBeCloseTo(2, 2) // of two states one is 1, off by 1 / 0.5
  expect(rewardErrors).toEqual(Array(6).fill(0.25))
})

test('each model is measured by what it imagines by default', async () => {
  const sampling = { ...SPEC.sampling, defaultPlan: 'sequential' as const }
  const { byDefault, stateErrors } = await perform(simulator({}, { ...SPEC, sampling }), trials, [1])
  expect(byDefault).toBe('sequential')
  expect(Object.keys(stateErrors).sort()).toEqual(['joint', 'progressive', 'sequential'])
})

test('an end at any step counts, where the environment goes on and where it ends', async () => {
  const { falseEnds, falseEndsFromRest, missedEnds } = await perform(simulator({ end: 0.5 }), trials, [1])
  expect(falseEnds).toEqual(Array(6).fill(0.75))
  expect([falseEndsFromRest, missedEnds]).toEqual([[0.75], [0.25]])
})

test('what is no number counts as the worst, and no row without bounds', async () => {
  const none = await perform(
    simulator({ state: Number.NaN, reward: Number.NaN, end: Number.NaN }),
    trials,
    [1],
  )
  const far = await perform(simulator({ state: 1e30, reward: 1e30 }), trials, [1])
  const worst = Array(6).fill(10) // persistence is off by 1 in one of two steps
  for (const { stateErrors, rewardErrors } of [none, far]) {
    expect(stateErrors.joint).toEqual(worst)
    expect(rewardErrors).toEqual(Array(6).fill(20))
  }
  expect([none.falseEnds[0], none.falseEndsFromRest, none.missedEnds]).toEqual([1, [1], [1]])
})
