// What agents that see less are decoded to, and what of it is learned.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { createStateDecoder } from '../../../../src/worlds/dima/networks/state-decoder.ts'
import { decoderObjective } from '../../../../src/worlds/dima/train/decoder-objective.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { debug, dims, random, randomTensor, randomWeights, tensorsOf, toTensor, useCpu } from './fixture.ts'

beforeAll(useCpu)

/** Two agents that see 3 and 1 entries, and who they are. */
const padded = {
  ...dims,
  agents: 2,
  observation: 5,
  forms: [3, 1].map((observed) => ({ layout: { box: dims.action, choices: [] }, observed })),
}
const plain = { ...dims, agents: 2, observation: 5 }
const B = 2

const network = createStateDecoder(padded, debug.decoder)
const weights = () => tensorsOf(network.parameters, randomWeights(network.parameters))
const states = () => randomTensor([B, dims.state], 'states')

test('padding is zero and ids are exact; what agents see is decoded as it always was', () => {
  const found = network.decode(weights(), states()).arraySync() as number[][][]
  const whole = createStateDecoder(plain, debug.decoder)
    .decode(weights(), states())
    .arraySync() as number[][][]
  for (let row = 0; row < B; row++) {
    expect(found[row]![0]).toEqual([...whole[row]![0]!.slice(0, 3), 1, 0])
    expect(found[row]![1]).toEqual([whole[row]![1]![0], 0, 0, 0, 1])
  }
})

test('the loss is the mean error of what agents see themselves', () => {
  const observations = random([B, 2, 5], 'seen')
  for (let row = 0; row < B; row++) {
    observations.data.set([1, 0], row * 10 + 3)
    observations.data.set([0, 0, 0, 1], row * 10 + 6)
  }
  const { loss } = decoderObjective(network, padded, { batch: B })
  const found = loss(weights(), { states: states(), observations: toTensor(observations) })
  const decoded = network.decode(weights(), states()).dataSync()
  const own = [0, 1, 2, 5, 10, 11, 12, 15]
  const errors = own.map((i) => Math.abs(decoded[i]! - observations.data[i]!))
  expectClose(found.loss.dataSync(), [errors.reduce((a, b) => a + b, 0) / own.length], CLOSE.float32)
  const slopes = tf
    .grads(
      (w: tf.Tensor) =>
        loss(
          { ...weights(), 'decoder.2.bias': w },
          { states: states(), observations: toTensor(observations) },
        ).loss,
    )([weights()['decoder.2.bias']!])[0]!
    .dataSync()
  expect([3, 4, 6, 7, 8, 9].map((i) => slopes[i])).toEqual([0, 0, 0, 0, 0, 0])
  expect([0, 1, 2, 5].some((i) => slopes[i] !== 0)).toBe(true)
})
