// method.md 2.4, 2.5, 2.9 and 7.6: what the denoiser is trained on.
import { describe, expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import type { Data } from '../../../../src/episodes/replay/intake.ts'
import {
  denoiserBatches,
  denoiserInputs,
  drawVisible,
} from '../../../../src/worlds/dima/train/denoiser-batch.ts'
import { CLOSE, expectClose, expectNear } from '../../../common/close.ts'
import { dims, randomData } from '../../../runs/data.ts'
import { configOf } from '../../../runs/fixture.ts'

const { context: L, state: S, agents: N, action: A } = dims
const J = 2
const BATCH = 400
const { hyperparameters } = configOf()
const config = {
  ...hyperparameters.denoiser,
  recency: hyperparameters.recency,
  batch: BATCH,
  selfFed: J,
}
const draw = denoiserBatches(dims, config)
const data = randomData()
const batch = draw(data, new Rng('batch'))
const row = (name: string, i: number) => {
  const { data: values, shape } = batch[name]!
  const width = values.length / shape[0]!
  return values.subarray(i * width, (i + 1) * width)
}
const indices = Array.from({ length: BATCH }, (_, i) => i)

/** 0.5 (s - mean) / std of one state. */
function scaled({ replay, statistics }: Data, episode: number, t: number): number[] {
  const { mean, std } = statistics
  const state = replay.episodes[episode]!.states.subarray(t * S, (t + 1) * S)
  return Array.from(state, (value, s) => (0.5 * (value - mean[s]!)) / std[s]!)
}

/** Where the window comes from: its last state is always real. */
function placeOf(i: number): { episode: number; end: number } {
  const last = row('states', i).subarray((L + J - 1) * S)
  for (const [episode, { length }] of data.replay.episodes.entries())
    for (let t = 0; t <= length; t++) {
      const candidate = scaled(data, episode, t)
      if (candidate.every((value, s) => Math.abs(value - last[s]!) < 1e-5)) return { episode, end: t }
    }
  throw new Error(`row ${i} is of no episode`)
}

test('the batch has the declared shapes', () => {
  expect(Object.fromEntries(Object.entries(batch).map(([name, { shape }]) => [name, shape]))).toEqual(
    Object.fromEntries(denoiserInputs(dims, config).map(({ name, shape }) => [name, shape])),
  )
})

test('a window is consecutive states, scaled by 0.5, with the actions between them and zeros before the start', () => {
  let padded = 0
  for (const i of indices.slice(0, 120)) {
    const { episode, end } = placeOf(i)
    const states: number[] = []
    const actions: number[] = []
    for (let t = end - L - J + 1; t <= end; t++)
      states.push(...(t < 0 ? Array<number>(S).fill(0) : scaled(data, episode, t)))
    const recorded = data.replay.episodes[episode]!.actions
    for (let t = end - L - J + 1; t < end; t++)
      actions.push(...(t < 0 ? Array<number>(N * A).fill(0) : recorded.subarray(t * N * A, (t + 1) * N * A)))
    expectClose(row('states', i), states, CLOSE.float32)
    expectClose(row('actions', i), actions, CLOSE.float32)
    expect([...row('valid', i)]).toEqual(Array.from({ length: J }, (_, j) => Number(end - J + 1 + j >= 0)))
    if (end < L + J - 1) padded++
  }
  expect(padded).toBeGreaterThan(5)
  expect(batch.valid!.data).toContain(0)
})

test('the scaled states have a standard deviation of about 0.5', () => {
  const { replay, statistics } = data
  const all = replay.episodes.flatMap(({ length }, e) =>
    Array.from({ length }, (_, t) => scaled({ replay, statistics }, e, t)).flat(),
  )
  const mean = all.reduce((a, b) => a + b, 0) / all.length
  expectNear(Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length), 0.5, 1e-3)
})

describe('the noise levels', () => {
  const { sigmaMin, sigmaMax } = hyperparameters.denoiser

  test('are log-normal with mean -0.4 and standard deviation 1.2', () => {
    const logs = Array.from(batch.sigma!.data, Math.log)
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length
    expectNear(mean, -0.4, 0.12)
    expectNear(Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length), 1.2, 0.1)
  })

  test('are clipped', () => {
    const wild = denoiserBatches(dims, { ...config, sigmaLogStd: 20 })
    const sigmas = [...wild(data, new Rng('wild')).sigma!.data]
    expect([Math.min(...sigmas), Math.max(...sigmas)]).toEqual([Math.fround(sigmaMin), sigmaMax])
  })
})

test('with two agents a third of the samples sees one agent, two thirds see both', () => {
  const visible = Array.from({ length: BATCH * J }, (_, i) => [
    ...batch.visible!.data.subarray(i * N, (i + 1) * N),
  ])
  const share = (mask: number[]) => visible.filter((v) => String(v) === String(mask)).length / visible.length
  expectNear(share([1, 1]), 2 / 3, 0.06)
  expectNear(share([1, 0]), 1 / 6, 0.05)
  expectNear(share([0, 1]), 1 / 6, 0.05)
})

describe('drawVisible', () => {
  const draws = (agents: number, shares: { oneAgentShare: number; allAgentsShare: number }) => {
    const rng = new Rng('visible')
    return Array.from({ length: 6000 }, () => drawVisible(rng, agents, shares))
  }

  test('as in the paper: one agent, each equally often', () => {
    const drawn = draws(3, { oneAgentShare: 1, allAgentsShare: 0 })
    expect(drawn.every((agents) => agents.length === 1)).toBe(true)
    for (const agent of [0, 1, 2]) expectNear(drawn.filter(([a]) => a === agent).length / 6000, 1 / 3, 0.02)
  })

  test('the rest is a random group of two or more', () => {
    const drawn = draws(4, { oneAgentShare: 1 / 3, allAgentsShare: 1 / 3 })
    const share = (size: number) => drawn.filter((agents) => agents.length === size).length / 6000
    for (const [size, expected] of [
      [1, 1 / 3],
      [2, 1 / 9],
      [3, 1 / 9],
      [4, 4 / 9],
    ] as const)
      expectNear(share(size), expected, 0.02)
    expect(drawn.every((agents) => new Set(agents).size === agents.length)).toBe(true)
  })

  test('a single agent is always visible', () => {
    expect(draws(1, { oneAgentShare: 0, allAgentsShare: 0 }).every((agents) => String(agents) === '0')).toBe(
      true,
    )
  })
})

test('the same random stream gives the same batch', () => {
  expect(draw(data, new Rng('batch'))).toEqual(batch)
  expect(draw(data, new Rng('other'))).not.toEqual(batch)
})
