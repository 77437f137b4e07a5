// method.md 3 and 8 (22): sequences of 15 transitions that may span episodes.
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import type { Feeds } from '../../../../src/common/tensors.ts'
import { VisitSampler } from '../../../../src/episodes/replay/replay.ts'
import { batchAt, emptyBatches } from '../../../../src/learning/call-batches.ts'
import {
  dropoutMasks,
  droppedOf256,
  masksBySite,
} from '../../../../src/worlds/dima/networks/reward-dropout.ts'
import { rewardBatches, rewardInputs } from '../../../../src/worlds/dima/train/reward-batch.ts'
import { CLOSE, expectClose, expectNear } from '../../../common/close.ts'
import { dims, randomData } from '../../../runs/data.ts'
import { configOf } from '../../../runs/fixture.ts'

const { horizon: H, state: S, agents: N, action: A } = dims
const { networks } = configOf()
const BATCH = 60

const sizeOf = (dropout = 0, batch = BATCH) => ({ batch, network: { ...networks.reward, dropout } })

const data = randomData() // of 30, 45, 25, 60, 40 steps; terminated, truncated, terminated, truncated, terminated
const batch = rewardBatches(dims, sizeOf(), new VisitSampler())(data, new Rng('batch'))

/** The flat index of a row's first transition, found by its rewards. */
function startOf({ rewards }: Feeds, row: number): number {
  const all = data.replay.episodes.flatMap((episode) => [...episode.rewards])
  const wanted = [...rewards!.data.subarray(row * H, (row + 1) * H)]
  return all.findIndex((_, i) => wanted.every((value, h) => all[i + h] === value))
}
const starts = Array.from({ length: BATCH }, (_, row) => startOf(batch, row))

test('every row is 15 consecutive transitions of the ring buffer', () => {
  expect(starts.every((start) => start >= 0)).toBe(true)
  expect(new Set(starts).size).toBe(BATCH)
})

test('states are normalised but not halved, actions are as recorded', () => {
  const { mean, std } = data.statistics
  for (const [row, start] of starts.entries()) {
    for (let h = 0; h < H; h++) {
      const { episode: e, t } = data.replay.place(start + h)
      const { states, actions } = data.replay.episodes[e]!
      const state = Array.from(
        states.subarray(t * S, (t + 1) * S),
        (value, s) => (value - mean[s]!) / std[s]!,
      )
      const place = row * H + h
      expectClose(batch.states!.data.subarray(place * S, (place + 1) * S), state, CLOSE.float32)
      expect(batch.actions!.data.subarray(place * N * A, (place + 1) * N * A)).toEqual(
        actions.subarray(t * N * A, (t + 1) * N * A),
      )
    }
  }
})

test('segments count the episodes inside a sequence, from zero', () => {
  for (const [row, start] of starts.entries()) {
    const first = data.replay.place(start).episode
    const expected = Array.from({ length: H }, (_, h) => data.replay.place(start + h).episode - first)
    expect([...batch.segments!.data.subarray(row * H, (row + 1) * H)]).toEqual(expected)
  }
  expect(batch.segments!.data).toContain(1)
})

test('termination is an end, a time limit is not', () => {
  const lastSteps = { terminated: 0, truncated: 0 }
  for (const [row, start] of starts.entries()) {
    for (let h = 0; h < H; h++) {
      const { episode: e, t } = data.replay.place(start + h)
      const episode = data.replay.episodes[e]!
      const last = t === episode.length - 1
      expect(batch.ends!.data[row * H + h]).toBe(last && episode.terminated ? 1 : 0)
      if (last) lastSteps[episode.terminated ? 'terminated' : 'truncated']++
    }
  }
  expect(lastSteps.terminated).toBeGreaterThan(3)
  expect(lastSteps.truncated).toBeGreaterThan(3)
})

test('a time limit is an end too where the run asks for it, and nothing else changes', () => {
  const draw = rewardBatches(dims, { ...sizeOf(), timeLimitIsEnd: true }, new VisitSampler())
  const { ends, ...rest } = draw(data, new Rng('batch'))
  const { ends: _, ...same } = batch
  expect(rest).toEqual(same)
  const last = starts.flatMap((start) =>
    Array.from({ length: H }, (__, h) => {
      const { episode, t } = data.replay.place(start + h)
      return Number(t === data.replay.episodes[episode]!.length - 1)
    }),
  )
  expect([...ends!.data]).toEqual(last)
})

test('masks are bytes of 0 and 1 for all sites, and their zeros have the rate', () => {
  const drawn = rewardBatches(dims, sizeOf(0.1, 8), new VisitSampler())(data, new Rng('dropout'))
  const inputs = rewardInputs(dims, sizeOf(0.1, 8))
  expect(Object.entries(drawn).map(([name, { shape }]) => [name, shape])).toEqual(
    inputs.map(({ name, shape }) => [name, shape]),
  )
  const masks = dropoutMasks(dims, sizeOf(0.1).network, 8)
  expect(masks.flatMap(({ sites }) => sites)).toHaveLength(1 + 3 * networks.reward.layers)
  for (const { name } of masks) {
    const values = drawn[name]!.data
    expect(values).toBeInstanceOf(Uint8Array)
    expect(new Set(values)).toEqual(new Set([0, 1]))
    expectNear(values.filter((value) => value === 0).length / values.length, 26 / 256, 0.01)
  }
})

test('scaled by site, masks keep the mean to the last bit of what was drawn', () => {
  const rates = [0.001, 0.1, 0.5, 0.999]
  expect(rates.map((dropout) => droppedOf256({ dropout }))).toEqual([1, 26, 128, 255])
  const network = { ...networks.reward, layers: 2, dropout: 0.5 }
  const masks = dropoutMasks(dims, network, 1)
  const inputs = masks.map(({ name, shape, dtype }) => [name, tf.ones(shape, dtype)])
  const bySite = masksBySite(masks, Object.fromEntries(inputs), network)
  expect(Object.keys(bySite).sort()).toEqual(masks.flatMap(({ sites }) => sites).sort())
  for (const mask of Object.values(bySite)) expect(new Set(mask.dataSync())).toEqual(new Set([2]))
  expect(bySite['trunk.1.attention']!.shape).toEqual([1, 1, network.heads, 2 * H, 2 * H])
  expect(bySite['trunk.1.residual2']!.shape).toEqual([2 * H, network.width])
})

test('a batch is drawn into the place that it is given, as into its own', () => {
  const size = sizeOf(0.1, 8)
  const draw = () => rewardBatches(dims, size, new VisitSampler())
  const together = emptyBatches(rewardInputs(dims, size), 2)
  draw()(data, new Rng('place'), batchAt(together, 1))
  expect(batchAt(together, 1)).toEqual(draw()(data, new Rng('place')))
  for (const { data: values } of Object.values(batchAt(together, 0)))
    expect(values.every((x) => x === 0)).toBe(true)
})

test('a rate of zero feeds no masks', () => {
  expect(Object.keys(batch).sort()).toEqual(['actions', 'ends', 'rewards', 'segments', 'states'])
})
