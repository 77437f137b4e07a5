// Check 7, on the smallest denoiser and on one that shows what it is given.
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { Checkpoint } from '../../../src/algorithms/dima/checkpoint.ts'
import type { DimaModel } from '../../../src/algorithms/dima/trained-model.ts'
import { initialValues } from '../../../src/common/parameters.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { denoiserLoss } from '../../../src/evaluation/reproduce/denoiser-loss.ts'
import type { Subject } from '../../../src/evaluation/reproduce/subject.ts'
import type { Denoiser } from '../../../src/worlds/dima/networks/denoiser.ts'
import { createNetworks } from '../../../src/worlds/dima/train/world-model.ts'
import { expectNear } from '../../common/close.ts'
import { dims, randomData } from '../../runs/data.ts'
import { configOf, TASK } from '../../runs/fixture.ts'
import { missesOf } from './fixture.ts'

const config = configOf()
const { replay, statistics } = randomData([60, 60, 60])
const networks = createNetworks(dims, config.networks)

/** @param scale of the statistics: 1 is right */
function subjectOf(denoiser: Denoiser = networks.denoiser, scale = 1): Subject {
  const { count, mean, variance } = statistics
  const model = {
    record: { config },
    task: taskSpec(TASK),
    networks: { ...networks, denoiser },
    weights: { denoiser: initialValues(denoiser.parameters, 7) },
    checkpoint: {
      statistics: { count, mean, variance: variance.map((x) => x * scale) },
    } as Checkpoint,
  } as unknown as DimaModel
  return { model, episodes: replay.episodes, seed: 1, reference: true } as Subject
}

const UNTRAINED = [
  'F-space loss, one agent visible, median episode',
  'F-space loss, all agents visible, median episode',
]

test('fresh weights have a loss of about 1, and an untrained model misses what training should reach', async () => {
  const [fresh] = await denoiserLoss(subjectOf())
  expectNear(fresh!.value, 1, 0.1)
  expect(await missesOf(7, subjectOf())).toEqual(UNTRAINED)
})

test('a scale that is wrong shows in the loss of fresh weights', async () => {
  const misses = await missesOf(7, subjectOf(networks.denoiser, 0.25))
  expect(misses).toEqual(['F-space loss of fresh weights, median episode', ...UNTRAINED])
})

test('shows one agent, then all: F is the number of hidden agents, so its square comes on top', async () => {
  const counting: Denoiser = {
    ...networks.denoiser,
    parameters: [],
    unroll: () => ({}),
    embedActions: (_, actions, mask) => {
      const hidden = tf.sub(dims.agents, tf.sum(tf.slice(mask, [0, dims.context - 1], [-1, 1]), [1, 2]))
      return tf.add(tf.reshape(hidden, [-1, 1]), tf.mul(tf.sum(actions), 0))
    },
    predict: (_, { noisy, sigma, context, embedding }) =>
      tf.add(
        tf.mul(tf.add(tf.add(tf.sum(noisy), tf.sum(sigma)), tf.sum(context)), 0),
        tf.mul(tf.onesLike(noisy), embedding),
      ),
  }
  const measures = await denoiserLoss(subjectOf(counting))
  const meanOf = (name: string) =>
    measures.find(({ figure }) => figure === `F-space loss, ${name}, mean`)!.value
  expectNear(meanOf('one agent visible') - meanOf('all agents visible'), 1, 0.15)
})
