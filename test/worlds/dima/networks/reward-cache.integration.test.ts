// method.md 9, check 5: the Transformer with a key/value cache equals the pass over the whole sequence, step by step.
// The cache has a fixed size, so rows at different steps of their windows share a batch.
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { tensor } from '../../../../src/common/tensors.ts'
import { openGraphSession } from '../../../../src/engine/session.ts'
import type { NetworksConfig } from '../../../../src/worlds/dima/networks/presets.ts'
import { createRewardModel } from '../../../../src/worlds/dima/networks/reward-model.ts'
import { servingGraphs } from '../../../../src/worlds/dima/train/serving-graphs.ts'
import {
  compiled,
  debug,
  dims,
  random,
  randomModel,
  randomWeights,
  tensorsOf,
  toTensor,
  useCpu,
} from './fixture.ts'

beforeAll(useCpu)

const { horizon: H, state: S, agents: N, action: A } = dims
const SLOTS = 2 * (H - 1)
const config: NetworksConfig = { ...debug, reward: { ...debug.reward, layers: 2 } }
const model = createRewardModel(dims, config.reward)
const { blocks: M, width: D } = model.cacheSize

type Outputs = Record<'reward' | 'end' | 'newKeys' | 'newValues', Float32Array>
type Inputs = Record<'state' | 'action' | 'position' | 'keys' | 'values', Float32Array>
/** One step of `count` rows. */
type Step = (count: number, inputs: Inputs) => Promise<Outputs>

const shapesOf = (count: number) => ({
  state: [count, S],
  action: [count, N, A],
  position: [count, H],
  keys: [count, M, SLOTS, D],
  values: [count, M, SLOTS, D],
})

const B = 3
const states = random([B, H, S], 'states')
const actions = random([B, H, N, A], 'actions')

/** Rewards and end probabilities [B][H] of one causal pass. */
function whole(weights: Map<string, Float32Array>): { reward: number[][]; end: number[][] } {
  const input = { states: toTensor(states), actions: toTensor(actions) }
  const { rewards, logits } = model.predict(tensorsOf(model.parameters, weights), input)
  const ends = tf.reshape(tf.slice(tf.softmax(logits), [0, 0, 1], [-1, -1, 1]), [B, H])
  return { reward: rewards.arraySync() as number[][], end: ends.arraySync() as number[][] }
}

const eager =
  (weights: Map<string, Float32Array>): Step =>
  async (count, inputs) => {
    const shapes = shapesOf(count)
    const given = (name: keyof Inputs) => tf.tensor(inputs[name], shapes[name])
    const { rewards, logits, newKeys, newValues } = model.step(tensorsOf(model.parameters, weights), {
      state: given('state'),
      action: given('action'),
      position: given('position'),
      keys: given('keys'),
      values: given('values'),
    })
    const values = (x: tf.Tensor) => x.dataSync() as Float32Array
    return {
      reward: values(rewards),
      end: values(tf.softmax(logits)).filter((_, i) => i % 2 === 1),
      newKeys: values(newKeys),
      newValues: values(newValues),
    }
  }

/** A row of a batch that steps through its own window; `junk` stands in the slots not yet written. */
class Row {
  at = 0
  readonly which: number
  readonly keys: Float32Array
  readonly values: Float32Array

  constructor(which: number, junk = 0) {
    this.which = which
    this.keys = new Float32Array(M * SLOTS * D).fill(junk)
    this.values = new Float32Array(M * SLOTS * D).fill(-junk)
  }
}

const joined = (parts: ArrayLike<number>[]) => Float32Array.from(parts.flatMap((part) => Array.from(part)))
const cut = (data: Float32Array, row: number, width: number) => data.subarray(row * width, (row + 1) * width)

/** Steps all rows once and writes their caches. Reward and end of each. */
async function advance(step: Step, rows: Row[]): Promise<{ reward: number; end: number }[]> {
  const oneHot = (at: number) => Array.from({ length: H }, (_, i) => Number(i === at))
  const out = await step(rows.length, {
    state: joined(rows.map(({ which, at }) => cut(states.data, which * H + at, S))),
    action: joined(rows.map(({ which, at }) => cut(actions.data, which * H + at, N * A))),
    position: joined(rows.map(({ at }) => oneHot(at))),
    keys: joined(rows.map(({ keys }) => keys)),
    values: joined(rows.map(({ values }) => values)),
  })
  rows.forEach((row, i) => {
    for (let block = 0; block < M && row.at < H - 1; block++) {
      const slot = (block * SLOTS + 2 * row.at) * D
      row.keys.set(cut(out.newKeys, i * M + block, 2 * D), slot)
      row.values.set(cut(out.newValues, i * M + block, 2 * D), slot)
    }
    row.at++
  })
  return rows.map((_, i) => ({ reward: out.reward[i]!, end: out.end[i]! }))
}

type Whole = ReturnType<typeof whole>

/** Steps until every row is through; the largest difference from the whole pass, and how many steps were compared. */
async function compare(step: Step, rows: Row[], expected: Whole) {
  let [gap, compared] = [0, 0]
  for (let live = rows; live.length > 0; live = live.filter(({ at }) => at < H)) {
    const places = live.map(({ which, at }) => [which, at] as const)
    for (const [i, { reward, end }] of (await advance(step, live)).entries()) {
      const [which, at] = places[i]!
      const gaps = [reward - expected.reward[which]![at]!, end - expected.end[which]![at]!]
      gap = Math.max(gap, ...gaps.map((x) => (Number.isFinite(x) ? Math.abs(x) : Number.POSITIVE_INFINITY)))
      compared++
    }
  }
  return { gap, compared }
}

/** Rows 0, 1, 2 moved on by as many steps. */
async function rowsAt(step: Step, starts: number[], junk = 0): Promise<Row[]> {
  const rows = starts.map((_, which) => new Row(which, junk))
  for (const [i, start] of starts.entries()) for (let t = 0; t < start; t++) await advance(step, [rows[i]!])
  return rows
}

function cases(open: () => { step: Step; weights: Map<string, Float32Array> }) {
  test('equals the whole pass at every position', async () => {
    const { step, weights } = open()
    const { gap, compared } = await compare(step, await rowsAt(step, [0, 0, 0]), whole(weights))
    expect(compared).toBe(B * H)
    expect(gap).toBeLessThan(2e-6)
  })

  test('also for rows at different positions of one batch', async () => {
    const { step, weights } = open()
    const { gap, compared } = await compare(step, await rowsAt(step, [6, 0, 13]), whole(weights))
    expect(compared).toBe(9 + 15 + 2)
    expect(gap).toBeLessThan(2e-6)
  })

  test.each([1e3, -1e3, 1e30])('slots past the position may hold %d', async (junk) => {
    const { step, weights } = open()
    const { gap } = await compare(step, await rowsAt(step, [4, 0, 9], junk), whole(weights))
    expect(gap).toBeLessThan(2e-6)
  })

  test('a row that starts again in its used cache forgets what was before', async () => {
    const { step, weights } = open()
    const rows = await rowsAt(step, [6, 0, 13])
    rows[0]!.at = 0
    rows[2]!.at = 0
    const { gap } = await compare(step, rows, whole(weights))
    expect(gap).toBeLessThan(2e-6)
  })
}

describe('the cached step, eagerly', () => {
  const weights = randomWeights(model.parameters)
  cases(() => ({ step: eager(weights), weights }))

  test('reads its cache: other keys or values of a visible step change the reward', async () => {
    const step = eager(weights)
    const expected = (await advance(step, await rowsAt(step, [2, 0, 0])))[0]!.reward
    for (const name of ['keys', 'values'] as const) {
      const rows = await rowsAt(step, [2, 0, 0])
      rows[0]![name].set(random([D], name).data, 3 * D) // the last visible slot
      expect(Math.abs((await advance(step, rows))[0]!.reward - expected)).toBeGreaterThan(1e-4)
    }
  })
})

describe('the cached step as the exported graph on ONNX Runtime', () => {
  const { networks, weights } = randomModel(config)
  const graphs = servingGraphs(networks, dims, config.denoiser.conditioning)
  let step: Step
  beforeAll(async () => {
    const session = await openGraphSession(compiled('rewardStep', graphs.rewardStep, networks, weights))
    step = async (count, inputs) => {
      const shapes = shapesOf(count)
      const feeds = Object.entries(inputs).map(([name, data]) => [
        name,
        tensor(shapes[name as keyof Inputs], data),
      ])
      const out = await session.run(Object.fromEntries(feeds))
      return {
        reward: out.reward!.data,
        end: out.termination_probability!.data,
        newKeys: out.new_keys!.data,
        newValues: out.new_values!.data,
      }
    }
    return () => session.release()
  })
  cases(() => ({ step, weights: weights.reward }))
})
