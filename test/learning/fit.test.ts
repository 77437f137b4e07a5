// A network learns a function from rows that are drawn once.
import '@tensorflow/tfjs'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { tensor } from '../../src/common/tensors.ts'
import { createEngine } from '../../src/learning/engines/engine.ts'
import { fitNetwork } from '../../src/learning/fit.ts'
import type { Objective } from '../../src/learning/objectives.ts'
import { ParameterList, sequence, siluLayer } from '../../src/networks/layers.ts'

const [ROWS, BATCH] = [128, 16]

function objective(): Objective {
  const p = new ParameterList()
  const network = sequence(p.linear('in', 2, 16), siluLayer, p.linear('out', 16, 1))
  return {
    name: 'toy',
    parameters: p.all,
    inputs: [
      { name: 'x', shape: [BATCH, 2] },
      { name: 'y', shape: [BATCH, 1] },
    ],
    loss: (weights, { x, y }) => ({
      loss: tf.mean(tf.squaredDifference(network(weights, x!), y!)),
      metrics: {},
    }),
  }
}

const x = tensor([ROWS, 2], new Rng('toy').normals(2 * ROWS))
const product = Float32Array.from({ length: ROWS }, (_, i) => x.data[2 * i]! * x.data[2 * i + 1]!)
const rows = { x, y: tensor([ROWS, 1], product) }
const options = { updates: 120, learningRate: 4e-2, warmup: 10, weightDecay: 0, clipNorm: 1 }

async function fitted(seed: number, updates = 5) {
  const losses: number[] = []
  const onUpdate = (_: number, loss: number) => losses.push(loss)
  const engine = await createEngine('tfjs-cpu')
  return {
    weights: await fitNetwork(objective(), rows, { ...options, updates, seed, onUpdate }, engine),
    losses,
  }
}

const meanOf = (losses: number[]) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length

test('the loss falls to a small part of where it began', async () => {
  const { losses } = await fitted(1, options.updates)
  expect(losses).toHaveLength(120)
  expect(meanOf(losses.slice(-20))).toBeLessThan(0.2 * meanOf(losses.slice(0, 20)))
})

test('the same seed gives the same weights, another one others', async () => {
  const [one, again, other] = [await fitted(1), await fitted(1), await fitted(2)]
  expect(again.weights).toEqual(one.weights)
  expect(other.weights.get('out.weight')).not.toEqual(one.weights.get('out.weight'))
})

test('too few rows for a batch are refused', async () => {
  const few = { x: tensor([8, 2]), y: tensor([8, 1]) }
  const fitting = fitNetwork(objective(), few, { ...options, seed: 1 }, await createEngine('tfjs-cpu'))
  await expect(fitting).rejects.toThrow('8 rows are no batch of 16')
})
