import { expect, test } from 'vitest'
import { taskSpec } from '../../../src/env/make-env.ts'
import { collectEpisode, gaussianPolicy } from '../../../src/training/collect.ts'
import { EnvironmentSource } from '../../../src/training/sources/environment-source.ts'
import { row, syntheticEnv } from '../synthetic-env.ts'

const source = new EnvironmentSource(taskSpec('HalfCheetah-2x3'), syntheticEnv(), { seed: 1, policyStd: 0.5 })

test('an episode is a function of the seed and its index', async () => {
  const env = syntheticEnv()
  const expected = [4, 5].map((i) => collectEpisode(env, gaussianPolicy(env, 0.5), 1, 'collect', i))
  expect([...(await source.collect(4, 1)), ...(await source.collect(5, 1))]).toEqual(expected)
})

test('held-out episodes are none of the training episodes of the same seed', async () => {
  const starts = (states: Float64Array) => String(row(states, 0, 2))
  const seen: string[] = []
  for (let i = 0; i < 20; i++) seen.push(...(await source.collect(i, 1)).map(({ states }) => starts(states)))
  seen.push(...(await source.heldOut(20, 1)).map(({ states }) => starts(states)))
  expect(new Set(seen).size).toBe(40)
})
