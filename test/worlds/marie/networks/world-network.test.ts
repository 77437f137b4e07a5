// The Transformer of tokens: that a cache changes nothing, that agents hear each other by one token alone, and its scales.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { sum } from '../../../../src/common/statistics.ts'
import { sizeOf } from '../../../../src/common/tensors.ts'
import { drawn, oneStep, primed } from '../../../../src/worlds/marie/networks/one-step.ts'
import { NETWORK_PRESETS } from '../../../../src/worlds/marie/networks/presets.ts'
import { expectedReward, rewardTargets } from '../../../../src/worlds/marie/networks/reward-bins.ts'
import { hear } from '../../../../src/worlds/marie/networks/sequence.ts'
import { createTokenizer, nearest } from '../../../../src/worlds/marie/networks/tokenizer.ts'
import { binsOf, createWorldNetwork } from '../../../../src/worlds/marie/networks/world-network.ts'
import { CLOSE, expectClose } from '../../../common/close.ts'
import { randomTensor, randomWeights, tensorsOf, useCpu } from '../../dima/networks/fixture.ts'
import { bounds, debug, widths } from '../random-model.ts'

beforeAll(useCpu)

const { agents: N, action: A } = widths
const { tokens: K, codes: V } = debug.tokenizer
const H = 5 // steps of these sequences: the Transformer has positions for more
const world = createWorldNetwork(widths, debug)
const w = tensorsOf(world.parameters, randomWeights(world.parameters))
const tokensLike = (shape: number[], ...key: string[]) =>
  tf.floor(tf.mul(tf.sigmoid(randomTensor(shape, ...key)), V))

test('preset paper has the sizes of the original', () => {
  const { paper } = NETWORK_PRESETS
  const millions = ({ parameters }: { parameters: { shape: number[] }[] }) =>
    sum(parameters.map(({ shape }) => sizeOf(shape))) / 1e6
  expect(millions(createWorldNetwork(widths, paper))).toBeCloseTo(12.6, 1)
  expect(millions(createTokenizer(widths, paper.tokenizer))).toBeCloseTo(0.67, 2)
})

describe('a cache', () => {
  const tokens = tokensLike([1, H, N, K], 'tokens')
  const actions = tf.tanh(randomTensor([1, H, N, A], 'actions'))
  const heard = (segments: tf.Tensor) => hear(world, bounds, w, { tokens, actions, segments })
  const at = (x: tf.Tensor, step: number) =>
    tf.reshape(tf.slice(x, [0, step, 0, 0], [1, 1, -1, -1]), [1, N, -1])

  /** Steps from a step on, of given tokens: rewards of each, and the cache after them. */
  function stepped(first: number, count: number) {
    let rows = primed(world, debug, w, at(tokens, first)) // [1, N, 2 M, h, T, w]
    const outcomes = []
    for (let i = 0; i < count; i++) {
      const used = rows.shape[4]!
      const room = used + 3 // the last of them are empty
      const parts = tf.unstack(
        tf.pad(rows, [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 0],
          [0, room - used],
          [0, 0],
        ]),
        2,
      )
      const out = oneStep(world, debug, bounds, w, {
        tokens: at(tokens, first + i),
        actions: at(actions, first + i),
        uniforms: tf.zeros([1, N, K]),
        given: at(tokens, Math.min(H - 1, first + i + 1)),
        keys: parts.slice(0, debug.layers),
        values: parts.slice(debug.layers),
        kept: tf.tensor(
          Array.from({ length: room }, (_, t) => (t < used ? 1 : 0)),
          [1, 1, 1, 1, room],
        ),
        filled: tf.tensor2d([[used]]),
      })
      outcomes.push(...out.rewards.dataSync(), ...out.continues.dataSync())
      rows = tf.concat([rows, out.added], 4)
    }
    return outcomes
  }

  /** The same of whole sequences. */
  function whole(segments: tf.Tensor, first: number, count: number) {
    const { all } = heard(segments) // [N * H, W]
    const rewards = expectedReward(world.reward(w, all)).dataSync()
    const continues = tf.sigmoid(tf.reshape(world.goesOn(w, all), [-1])).dataSync()
    return Array.from({ length: count }, (_, i) =>
      [rewards, continues].flatMap((values) =>
        Array.from({ length: N }, (_, agent) => values[agent * H + first + i]!),
      ),
    ).flat()
  }

  test('gives at every step what the whole sequence gives', () => {
    expectClose(stepped(0, H), whole(tf.zeros([1, H]), 0, H), CLOSE.network)
  })

  test('begins anew where an episode does, but for the positions', () => {
    const cut = tf.tensor2d([Array.from({ length: H }, (_, i) => (i < 2 ? 0 : 1))])
    const still = { ...w, 'positions.weight': tf.zerosLike(w['positions.weight']!) }
    const before = { ...w }
    Object.assign(w, still)
    try {
      expectClose(stepped(2, 3), whole(cut, 2, 3), CLOSE.network)
      expect(whole(cut, 2, 1)).not.toEqual(whole(tf.zeros([1, H]), 2, 1))
    } finally {
      Object.assign(w, before)
    }
  })

  test('tells the logits of every token', () => {
    const { before } = heard(tf.zeros([1, H])) // [N, H, K, W]
    const logits = world.nextToken(w, tf.reshape(before, [-1, debug.width]))
    const likeliest = tf.reshape(tf.max(logits, 1), [N, H, K])
    expect(likeliest.shape).toEqual([N, H, K])
    const changed = tf.where(
      tf.tensor4d(
        Array.from({ length: H * N * K }, (_, i) => (i === N * K ? 1 : 0)),
        [1, H, N, K],
        'bool',
      ),
      tf.sub(V - 1, tokens),
      tokens,
    )
    const other = hear(world, bounds, w, { tokens: changed, actions, segments: tf.zeros([1, H]) }).before
    const far = tf.max(tf.abs(tf.sub(other, before)), 3).arraySync() as number[][][]
    const moved = far[0]!.map((step) => step.map((x) => x > 1e-6))
    expect(moved[0]).toEqual(Array(K).fill(false)) // what comes later tells nothing
    expect(moved[1]).toEqual([false, ...Array(K - 1).fill(true)]) // the token itself is not known where it is told
    expect(moved[2]).toEqual(Array(K).fill(true))
  })
})

describe('the token of all agents', () => {
  const tokens = tokensLike([1, H, N, K], 'tokens')
  const actions = tf.tanh(randomTensor([1, H, N, A], 'actions'))
  const ofAgent0 = (given: tf.Tensor, weights = w) => {
    const { all } = hear(world, bounds, weights, { tokens, actions: given, segments: tf.zeros([1, H]) })
    return tf.slice(all, [0, 0], [H, -1]).dataSync()
  }
  const far = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)))
  const others = tf.tensor4d([1, 1, 1, -1, -1, -1], [1, 1, N, A]) // of agent 1 alone
  const swapped = tf.concat(
    [
      tf.slice(actions, [0, 0, 0, 0], [-1, -1, 1, -1]),
      tf.reverse(tf.slice(actions, [0, 0, 1, 0], [-1, -1, 1, -1]), 3),
    ],
    2,
  )

  test('tells an agent what another does', () => {
    expect(far(ofAgent0(tf.mul(actions, others)), ofAgent0(actions))).toBeGreaterThan(1e-4)
  })

  test('is the only one that does', () => {
    const deaf = { ...w }
    for (const name of Object.keys(w).filter((one) => /^aggregator\.(read\.out|0\.out)/.test(one)))
      deaf[name] = tf.zerosLike(w[name]!)
    expect(far(ofAgent0(tf.mul(actions, others), deaf), ofAgent0(actions, deaf))).toBe(0)
  })

  test('does not know which of an agent’s joints did what', () => {
    expect(far(ofAgent0(swapped), ofAgent0(actions))).toBeLessThan(1e-5)
  })
})

test('rewards come out of their bins as they went in', () => {
  const rewards = [-19, -3, -0.5, 0, 0.01, 1, 7.3, 15]
  const targets = rewardTargets(tf.tensor1d(rewards))
  const scale = (x: number) => Math.sign(x) * Math.log(1 + Math.abs(x))
  const back = [...expectedReward(tf.log(tf.maximum(targets, 1e-30))).dataSync()]
  for (const [i, reward] of rewards.slice(1, -1).entries())
    expect(Math.abs(scale(back[i + 1]!) - scale(reward))).toBeLessThan(0.1 * (6 / 128))
  expect(
    rewardTargets(tf.tensor1d([1e6, -1e6]))
      .dataSync()
      .every(Number.isFinite),
  ).toBe(true)
})

test('actions fall into bins from the lowest to the highest, whatever is asked', () => {
  expect([...binsOf(tf.tensor1d([-7, -1, 0, 0.999, 1, 7]), bounds).dataSync()]).toEqual([
    0, 0, 128, 255, 255, 255,
  ])
})

test('the nearest code is the nearest, and of several the first', () => {
  const codes = tf.tensor2d([0, 0, 3, 4, 0, 1, 3, 4], [4, 2])
  expect([...nearest(codes, tf.tensor2d([3, 5, 0, 0.9, -9, 0], [3, 2])).dataSync()]).toEqual([1, 2, 0])
})

test('tokens are those that the numbers fall on, or those that are known', () => {
  const logits = tf.log(tf.tensor2d([0.2, 0.5, 0.3, 0.2, 0.5, 0.3, 0.2, 0.5, 0.3], [3, 3]))
  expect([
    ...drawn(logits, tf.tensor1d([0.1, 0.3, 0.9999999]), tf.tensor1d([-1, -1, -1])).dataSync(),
  ]).toEqual([0, 1, 2])
  expect([...drawn(logits, tf.tensor1d([0.1, 0.3, 0.9]), tf.tensor1d([2, -1, 0])).dataSync()]).toEqual([
    2, 1, 0,
  ])
})
