// What actor and critic learn from, against a plain loop.
import { expect, test } from 'vitest'
import { batchOf, partsOf } from '../../../src/algorithms/mamba/imagined-batch.ts'
import { Rng } from '../../../src/common/rng.ts'
import { CLOSE, expectClose } from '../../common/close.ts'

const [B, H, N, A, F] = [3, 4, 2, 2, 5]
const numbers = (name: string, count: number) => new Rng(name).normals(count)

const trajectories = {
  states: new Float64Array(),
  observations: new Float32Array(),
  rewards: numbers('rewards', B * H),
  terminationProbabilities: new Rng('ends').uniforms(B * H),
  terminations: new Uint8Array(B * H),
  lengths: new Int32Array(B).fill(H),
  actions: numbers('actions', B * H * N * A),
  drawn: {
    latents: numbers('latents', B * (H + 1) * N * F),
    logProbabilities: numbers('log', B * H * N),
  },
  computeMs: 0,
}
const values = numbers('values', B * (H + 1) * N)
const batch = batchOf(trajectories, values, { gamma: 0.9, lambda: 0.8, advantageEpsilon: 0 })

test('returns are those of every agent, weighed by the probability that it goes on', () => {
  const value = (row: number, t: number, agent: number) => values[(row * (H + 1) + t) * N + agent]!
  const expected: number[] = []
  for (let row = 0; row < B; row++)
    for (let t = 0; t < H; t++)
      for (let agent = 0; agent < N; agent++) {
        let next = value(row, H, agent)
        for (let k = H - 1; k >= t; k--) {
          const goesOn = 1 - trajectories.terminationProbabilities[row * H + k]!
          const follows = 0.2 * value(row, k + 1, agent) + 0.8 * next
          next = trajectories.rewards[row * H + k]! + 0.9 * goesOn * follows
        }
        expected.push(next)
      }
  expectClose(batch.returns, expected, CLOSE.network)
})

test('advantages are returns above values, standardised over everything', () => {
  const mean = batch.advantages.reduce((a, b) => a + b) / batch.advantages.length
  expect(mean).toBeCloseTo(0, 5)
  expect(batch.advantages.reduce((a, b) => a + b * b, 0) / batch.advantages.length).toBeCloseTo(1, 4)
})

test('latent states are those that actions were taken in', () => {
  const { latents } = trajectories.drawn
  expect(batch.latents).toHaveLength(B * H * N * F)
  expect([...batch.latents.slice(H * N * F, H * N * F + 3)]).toEqual([
    ...latents.slice((H + 1) * N * F, (H + 1) * N * F + 3),
  ])
})

test('parts have every row once, with all that belongs to it', () => {
  const parts = partsOf(batch, B * H, 4, new Rng('parts'))
  expect(parts).toHaveLength(3)
  const rows = parts.flatMap(({ returns, actions }) =>
    Array.from({ length: 4 }, (_, i) => [returns[i * N]!, actions[i * N * A]!]),
  )
  const whole = Array.from({ length: B * H }, (_, i) => [batch.returns[i * N]!, batch.actions[i * N * A]!])
  const order = (a: number[], b: number[]) => a[0]! - b[0]!
  expect(rows.toSorted(order)).toEqual(whole.toSorted(order))
})
