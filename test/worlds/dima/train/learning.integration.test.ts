// method.md 9, check 2: the loss starts where it should and falls on a fixed batch.
import { expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { createEngine } from '../../../../src/learning/engines/engine.ts'
import { Learner } from '../../../../src/learning/learner.ts'
import type { NetworkName } from '../../../../src/worlds/dima/train/world-model.ts'
import { expectNear } from '../../../common/close.ts'
import { randomData } from '../../../runs/data.ts'
import { configOf } from '../../../runs/fixture.ts'
import { trainingOf } from '../../../runs/training.ts'

const config = configOf()
config.hyperparameters.denoiser.batch = 64

async function lossesOf(network: NetworkName, steps: number): Promise<number[]> {
  const { objective, draw } = trainingOf(network, config)
  const options = { clipNorm: config.hyperparameters[network].clipNorm, weightDecay: 0.01, seed: 1 }
  const learner = await Learner.create(objective, options, await createEngine('onnx', 1))
  const batch = draw(randomData(), new Rng('batch'))
  const losses: number[] = []
  for (let i = 0; i < steps; i++) losses.push((await learner.step(batch, 2e-3)).loss!)
  await learner.close()
  return losses
}

test.each<[NetworkName, number]>([
  ['decoder', 0.9],
  ['reward', 0.7],
])('50 updates on one batch bring the loss of the %s below %d of its start', async (network, share) => {
  const losses = await lossesOf(network, 51)
  expect(losses.at(-1)! / losses[0]!).toBeLessThan(share)
})

test('the loss of a denoiser starts at about 1 and falls on one batch', async () => {
  const losses = await lossesOf('denoiser', 51)
  expectNear(losses[0]!, 1, 0.12)
  expect(losses.at(-1)!).toBeLessThan(0.8)
})

test('the termination loss of a fresh reward model is about ln 2', async () => {
  const { objective, draw } = trainingOf('reward', config)
  const learner = await Learner.create(
    objective,
    { clipNorm: 10, weightDecay: 0, seed: 1 },
    await createEngine('onnx', 1),
  )
  const metrics = await learner.step(draw(randomData(), new Rng('batch')), 0)
  expectNear(metrics.termination_nll!, Math.LN2, 0.05)
  expectNear(metrics.loss!, metrics.termination_nll! + metrics.reward_smooth_l1!, 1e-5)
  await learner.close()
})
