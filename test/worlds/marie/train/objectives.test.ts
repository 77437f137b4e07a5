// What tokenizer and Transformer learn from: where gradients go, what weighs in the loss, and that codes follow encodings.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { sum } from '../../../../src/common/statistics.ts'
import { tensor } from '../../../../src/common/tensors.ts'
import type { Objective } from '../../../../src/learning/objectives.ts'
import { BLOCKS } from '../../../../src/worlds/marie/networks/presets.ts'
import { createTokenizer, nearest } from '../../../../src/worlds/marie/networks/tokenizer.ts'
import { createWorldNetwork } from '../../../../src/worlds/marie/networks/world-network.ts'
import { sequenceBatches } from '../../../../src/worlds/marie/train/batch.ts'
import { followed, freshCodebook } from '../../../../src/worlds/marie/train/codebook.ts'
import { tokenizerObjective } from '../../../../src/worlds/marie/train/tokenizer-objective.ts'
import { worldObjective } from '../../../../src/worlds/marie/train/world-objective.ts'
import { randomData } from '../../../runs/data.ts'
import {
  randomTensor,
  randomWeights,
  type Tensors,
  tensorsOf,
  toTensor,
  useCpu,
} from '../../dima/networks/fixture.ts'
import { bounds, debug, widths } from '../random-model.ts'

beforeAll(useCpu)

const { tokens: K, codes: V, codeWidth: C } = debug.tokenizer

function gradientsOf({ loss }: Objective, weights: Tensors, inputs: Tensors): Record<string, tf.Tensor> {
  const { grads } = tf
    .engine()
    .gradients(() => loss(weights, inputs).loss, Object.values(weights), undefined, true)
  return Object.fromEntries(Object.keys(weights).map((name, i) => [name, grads[i]!]))
}

const silentIn = (gradients: Record<string, tf.Tensor>) =>
  Object.keys(gradients).filter((name) => !gradients[name]!.dataSync().some((x) => x !== 0))

describe('the Transformer', () => {
  const S = 2
  const world = createWorldNetwork(widths, debug)
  const weights = tensorsOf(world.parameters, randomWeights(world.parameters))
  const draw = (sequences: number) =>
    sequenceBatches(widths, debug.tokenizer, { sequences, timeLimitIsEnd: true })(
      randomData(),
      new Rng('sequences'),
    )

  test('is weighed so that every sequence counts alike, and nobody tells where an episode begins', () => {
    const drawn = draw(S)
    const [{ data: weighed }, { data: segments }] = [drawn.weights!, drawn.segments!]
    for (let row = 0; row < S; row++) {
      const own = [...weighed.subarray(row * BLOCKS * K, (row + 1) * BLOCKS * K)]
      expect(sum(own)).toBeCloseTo(1, 6)
      for (let step = 0; step < BLOCKS; step++) {
        const at = row * BLOCKS + step
        const isFirst = step === 0 || segments[at] !== segments[at - 1]
        expect(own[step * K] === 0).toBe(isFirst)
      }
    }
    expect(new Set(segments).size).toBeGreaterThan(1)
    expect([...drawn.ends!.data].some((end, i) => end === 1 && segments[i + 1] === segments[i])).toBe(false)
  })

  test('learns with every weight', () => {
    const { observations: _, ...rest } = draw(1)
    const inputs: Tensors = Object.fromEntries(
      Object.entries(rest).map(([name, one]) => [name, toTensor(one as never)]),
    )
    const noise = randomTensor([1, BLOCKS, widths.agents, K], 'tokens')
    inputs.tokens = tf.floor(tf.mul(tf.sigmoid(noise), V))
    const objective = worldObjective(world, widths, bounds, debug, 1)
    expect(Object.keys(inputs).sort()).toEqual(objective.inputs.map(({ name }) => name).sort())
    const { loss, metrics } = objective.loss(weights, inputs)
    for (const part of [loss, ...Object.values(metrics)])
      expect(Number.isFinite(part.dataSync()[0])).toBe(true)
    expect(metrics.token_nll!.dataSync()[0]).toBeGreaterThan(0.5)
    expect(silentIn(gradientsOf(objective, weights, inputs))).toEqual([])
  })
})

describe('the tokenizer', () => {
  const M = 3
  const tokenizer = createTokenizer(widths, debug.tokenizer)
  const weights = tensorsOf(tokenizer.parameters, randomWeights(tokenizer.parameters))
  const given = {
    observations: randomTensor([M, widths.agents, widths.observation], 'observations'),
    codes: randomTensor([V, C], 'codes'),
  }
  const objective = tokenizerObjective(tokenizer, widths, debug.tokenizer, M)
  const vectors = tf.reshape(tokenizer.encode(weights, given.observations), [-1, C])
  const inputs = {
    ...given,
    tokens: tf.reshape(nearest(given.codes, vectors), [M, widths.agents, K]),
  }

  test('learns through its codes, which do not learn by gradients', () => {
    expect(silentIn(gradientsOf(objective, weights, inputs))).toEqual([])
    const of = tf.grad((codes) => objective.loss(weights, { ...inputs, codes }).loss)(inputs.codes)
    expect(Math.max(...of.dataSync().map(Math.abs))).toBe(0)
  })

  test('sees by its codes alone', () => {
    const { observation_l1, commitment } = objective.loss(weights, inputs).metrics
    const same = objective.loss(weights, { ...inputs, codes: tf.zerosLike(inputs.codes) }).metrics
    expect(same.observation_l1!.dataSync()[0]).not.toBe(observation_l1!.dataSync()[0])
    expect(commitment!.dataSync()[0]).toBeGreaterThan(0)
  })
})

describe('a codebook', () => {
  const codes = tensor([3, 2], Float32Array.of(0.01, 0, 0, 0.01, 0.01, 0.01)).data
  const encodings = Float32Array.of(1, 2, 3, 4, -5, 0)

  test('goes to the means of what falls to its codes', () => {
    let state = freshCodebook(codes, 3)
    for (let i = 0; i < 80; i++) state = followed(state, [0, 0, 1], encodings)
    expect(state.counts[0]).toBeCloseTo(2, 4)
    for (const [i, value] of [2, 3, -5, 0].entries()) expect(state.codes[i]).toBeCloseTo(value, 3)
  })

  test('sends a code that nothing falls to far away, and brings it back', () => {
    let state = freshCodebook(codes, 3)
    const seen: number[] = []
    for (let i = 0; i < 60; i++) {
      state = followed(state, [0, 0, 1], encodings)
      seen.push(state.codes[4]!)
    }
    expect(seen[0]).toBeGreaterThan(100)
    expect(seen.some((x) => x > 0.3 && x < 3)).toBe(true)
    expect(seen.at(-1)).toBeLessThan(0.1)
  })
})
