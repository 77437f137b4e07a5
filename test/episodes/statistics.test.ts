// method.md 2.1: running mean and variance over every episode's s_t, starting as mean 0, variance 1, count 1e-4.
import { expect, test } from 'vitest'
import { RunningStatistics } from '../../src/episodes/statistics.ts'
import { CLOSE, expectClose } from '../common/close.ts'
import { dims, randomEpisode } from '../runs/data.ts'

const S = dims.state
const episodes = [12, 1, 40, 7].map((length, i) => randomEpisode(length, 'truncated', 'statistics', i))

function direct(): { mean: number[]; variance: number[] } {
  const rows = episodes.flatMap(({ states, length }) =>
    Array.from({ length }, (_, t) => states.subarray(t * S, (t + 1) * S)),
  )
  const count = rows.length + 1e-4
  const entries = Array.from({ length: S }, (_, s) => s)
  const mean = entries.map((s) => rows.reduce((sum, row) => sum + row[s]!, 0) / count)
  const square = entries.map((s) => (rows.reduce((sum, row) => sum + row[s]! ** 2, 0) + 1e-4) / count)
  return { mean, variance: square.map((value, s) => value - mean[s]! ** 2) }
}

test('an entry that rests counts as varying by the least that its task has', () => {
  const statistics = new RunningStatistics(2, 0.05)
  const states = Float64Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 3 : i))
  const rest = { actions: new Float32Array(), observations: new Float32Array(), rewards: new Float32Array(5) }
  statistics.update({ length: 5, states, ...rest, terminated: false, truncated: true })
  expect(statistics.std[0]).toBe(0.05)
  expect(statistics.std[1]).toBeCloseTo(Math.sqrt(8), 2)
})

test('equals a direct computation over all s_t, the last state of each episode left out', () => {
  const statistics = new RunningStatistics(S)
  for (const episode of episodes) statistics.update(episode)
  const { mean, variance } = direct()
  expectClose(statistics.mean, mean, CLOSE.float64)
  expectClose(statistics.variance, variance, { rtol: 1e-10 })
  expect(statistics.count).toBeCloseTo(60.0001, 10)
})

test('does not lose the variance of entries far from zero', () => {
  const statistics = new RunningStatistics(1)
  for (const offset of [0, 2]) {
    const states = Float64Array.of(1e8 + offset, 1e8 + 1 + offset, 0)
    statistics.update({ ...randomEpisode(2, 'truncated'), states })
  }
  const total = 4.0001
  const prior = (1e-4 * 4 * (1e8 + 1.5) ** 2) / total ** 2 // the start's mean 0 counts 1e-4
  expectClose(statistics.variance, [prior + (4 * 1.25 + 1e-4) / total], { rtol: 1e-9 })
})

test('a constant entry keeps a standard deviation above zero', () => {
  const statistics = new RunningStatistics(S)
  const flat = { ...randomEpisode(1000, 'truncated'), states: new Float64Array(1001 * S) }
  for (let i = 0; i < 50; i++) statistics.update(flat)
  expectClose(statistics.std, new Float64Array(S).fill(Math.sqrt(1e-4 / 50_000 + 1e-8)), { rtol: 1e-6 })
})

test('an entry moves once it has had two values, whatever they are', () => {
  const of = (...rows: number[][]) => {
    const statistics = new RunningStatistics(3)
    for (const [value, other, third] of rows) {
      const states = Float64Array.of(value!, 0.1, third!, value!, 0.1, third! + other!, 0, 0, 0)
      statistics.update({ ...randomEpisode(2, 'truncated'), states })
    }
    return statistics.moves
  }
  expect(of([5, 0, -7], [5, 0, -7])).toEqual([false, false, false])
  expect(of([5, 0, -7], [6, 0.1, -7])).toEqual([true, false, true])
})
