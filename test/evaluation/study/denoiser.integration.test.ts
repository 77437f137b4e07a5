import '@tensorflow/tfjs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { taskSpec } from '../../../src/env/make-env.ts'
import type { Episode } from '../../../src/episodes/replay/episode.ts'
import { persistence } from '../../../src/evaluation/baselines.ts'
import { drawSegments, sizesOf } from '../../../src/evaluation/held-out.ts'
import { heldOutLosses } from '../../../src/evaluation/study/held-out-losses.ts'
import { loadLearner } from '../../../src/evaluation/study/learner-file.ts'
import { planErrors } from '../../../src/evaluation/study/plan-errors.ts'
import { closeWorld, simulatorOf } from '../../../src/evaluation/study/subject.ts'
import {
  dataOf,
  denoiserHyperparameters,
  trainDenoiser,
} from '../../../src/evaluation/study/train-denoiser.ts'
import { NETWORK_PRESETS } from '../../../src/worlds/dima/networks/presets.ts'
import { randomEpisode, temporaryFolder } from '../../runs/data.ts'

const task = taskSpec('HalfCheetah-2x3')
const episodes: Episode[] = [40, 50, 60].map((length, i) => randomEpisode(length, 'truncated', 'study', i))
const data = dataOf(episodes)
const trainedOf = (parameters: Float32Array[]) => ({
  task,
  preset: 'debug' as const,
  statistics: data.statistics,
  parameters,
})
const training = {
  task,
  sizes: NETWORK_PRESETS.debug.denoiser,
  hyperparameters: denoiserHyperparameters('debug', 'mixed'),
  updates: 4,
  seed: 3,
}

test('training goes on from its file as if it had not stopped', async () => {
  const folder = temporaryFolder()
  const whole = structuredClone(await trainDenoiser(training, data, join(folder, 'whole')))
  const seen: number[] = []
  await trainDenoiser({ ...training, updates: 2 }, data, join(folder, 'parts'), (update) => seen.push(update))
  const parts = await trainDenoiser(training, data, join(folder, 'parts'), (update) => seen.push(update))
  expect(seen).toEqual([1, 2, 3, 4])
  expect(parts).toEqual(whole)
}, 180_000) // three train steps are compiled

test('a file of another network is refused', async () => {
  const file = join(temporaryFolder(), 'learner')
  const state = await trainDenoiser({ ...training, updates: 1 }, data, file)
  const other = { ...state, p: state.p.map((bucket) => bucket.subarray(1)) }
  expect(() => loadLearner(file, other)).toThrow(/another network/)
})

test("the paper's objective shows one agent and changes nothing else", () => {
  const { oneAgentShare, allAgentsShare, ...one } = denoiserHyperparameters('small', 'one')
  expect([oneAgentShare, allAgentsShare]).toEqual([1, 0])
  expect(denoiserHyperparameters('small', 'mixed')).toMatchObject(one)
})

test('errors of a fresh denoiser: it sees no actions, so neither order nor agents matter', async () => {
  const { p } = await trainDenoiser({ ...training, updates: 0 }, data, join(temporaryFolder(), 'learner'))
  const world = await simulatorOf(trainedOf(p))
  const errors = await planErrors(world, episodes, { segments: 30, seed: 1 })
  await closeWorld(world)
  expect(errors.map(({ plan, evaluations, embeddings }) => [plan, evaluations, embeddings])).toEqual([
    ['joint, K=2', 2, 1],
    ['joint, K=1', 1, 1],
    ['progressive 2,2,1,1', 4, 2],
    ['sequential 2,2,1,1', 4, 2],
    ['sequential 1,1,2,2', 4, 2],
    ['sequential 2,1,1,2', 4, 2],
  ])
  const [joint, single, ...others] = errors.map(({ oneStep }) => oneStep)
  expect(new Set(others).size).toBe(1)
  expect(new Set([joint, single, others[0]]).size).toBe(3)
  const segments = drawSegments(episodes, 30, 1, sizesOf(world.spec))
  const still = persistence(world, segments)
  expect(errors[0]!.oneStepShare * still.oneStepStateL1).toBeCloseTo(joint!, 10)
  expect(errors[0]!.horizonShare * still.cumulativeStateL1.at(-1)!).toBeCloseTo(errors[0]!.horizon, 10)
})

test('of a trained one: what is visible matters', async () => {
  const { p } = await trainDenoiser({ ...training, updates: 30 }, data, join(temporaryFolder(), 'learner'))
  const world = await simulatorOf(trainedOf(p))
  const errors = await planErrors(world, episodes, { segments: 30, seed: 1 })
  await closeWorld(world)
  expect(new Set(errors.map(({ oneStep }) => oneStep)).size).toBe(errors.length)
  const losses = await heldOutLosses(trainedOf(p), episodes, 1)
  expect(losses.oneVisible).not.toBe(losses.allVisible)
  expect(losses.oneVisible).toBeGreaterThan(0.5) // the episodes are noise: nothing can be known of the next state
})
