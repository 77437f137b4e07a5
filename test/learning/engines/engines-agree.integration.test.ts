// Three optimiser steps of every real objective, traced for ONNX Runtime, equal the eager ones on tfjs-cpu.
import { expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { createEngine, type EngineName } from '../../../src/learning/engines/engine.ts'
import { Learner } from '../../../src/learning/learner.ts'
import type { NetworkName } from '../../../src/worlds/dima/train/world-model.ts'
import { CLOSE, expectClose } from '../../common/close.ts'
import { randomData } from '../../runs/data.ts'
import { configOf } from '../../runs/fixture.ts'
import { trainingOf } from '../../runs/training.ts'

function withDropout(dropout: number) {
  const config = configOf()
  const networks = { ...config.networks, reward: { ...config.networks.reward, dropout } }
  config.hyperparameters.denoiser.batch = 4
  return { ...config, networks }
}

/** Small enough that where a gradient is nearly zero, and Adam divides noise by noise, the engines stay close. */
const LEARNING_RATE = 1e-4

test.each<{ network: NetworkName; dropout: number }>([
  { network: 'decoder', dropout: 0 },
  { network: 'denoiser', dropout: 0 },
  { network: 'reward', dropout: 0 },
  { network: 'reward', dropout: 0.1 },
])('$network with dropout $dropout', async ({ network, dropout }) => {
  const config = withDropout(dropout)
  const { clipNorm } = config.hyperparameters[network]
  const { objective, draw } = trainingOf(network, config)
  const start = async (name: EngineName) =>
    Learner.create(objective, { clipNorm, weightDecay: 0.01, seed: 1 }, await createEngine(name, 1))
  const [traced, eager] = [await start('onnx'), await start('tfjs-cpu')]
  const initial = new Map([...traced.weights()].map(([name, values]) => [name, values.slice()]))
  const data = randomData()
  for (let step = 1; step <= 3; step++) {
    const batch = draw(data, new Rng('batch', step))
    const [actual, expected] = [
      await traced.step(batch, LEARNING_RATE),
      await eager.step(batch, LEARNING_RATE),
    ]
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
    expectClose([actual.loss!], [expected.loss!], CLOSE.loss)
    const weights = eager.weights()
    for (const [name, values] of traced.weights()) expectClose(values, weights.get(name)!, CLOSE.parameters)
  }
  expect([traced.updates, eager.updates]).toEqual([3, 3])
  for (const [name, values] of traced.weights()) expect(values, name).not.toEqual(initial.get(name))
  await traced.close()
  await eager.close()
})
