import { expect, test } from 'vitest'
import { Samples } from '../../loadtest/samples.ts'
import { quantilesOf, summarise } from '../../loadtest/summary.ts'
import { failed } from '../../loadtest/target.ts'

const ok = { code: 'ok', steps: 3, queueMs: 1, computeMs: 4, totalMs: 7 }

/** A request due at `due`, sent a millisecond late, answered at `done`. */
function add(samples: Samples, due: number, done: number, answer = ok): void {
  samples.end(samples.begin(due, due + 1), answer, done)
}

test('quantiles are values that occurred', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(quantilesOf(hundred)).toEqual({ p50: 50, p90: 90, p99: 99, max: 100 })
  expect(quantilesOf([7])).toEqual({ p50: 7, p90: 7, p99: 7, max: 7 })
  expect(quantilesOf([10, 9])).toEqual({ p50: 9, p90: 10, p99: 10, max: 10 }) // by size, not by text
  expect(quantilesOf([]).p50).toBeNaN()
})

test('latency counts from when a request was due, and splits into the parts that the server tells', () => {
  const samples = new Samples()
  add(samples, 1000, 1020)
  const { latencyMs, queueMs, computeMs, otherMs, outsideMs, lateMs } = summarise(samples, 0, 2000, 100)
  expect([latencyMs, queueMs, computeMs, otherMs, outsideMs, lateMs].map(({ p50 }) => p50)).toEqual([
    20, 1, 4, 2, 13, 1,
  ])
})

test('only what was answered in the interval is rate', () => {
  const samples = new Samples()
  add(samples, 900, 950) // before
  add(samples, 990, 1010)
  add(samples, 1500, 1600)
  add(samples, 2900, 3100) // after
  const summary = summarise(samples, 1000, 3000, 1000)
  expect(summary).toMatchObject({ seconds: 2, requests: 2, requestsPerSecond: 1, stepsPerSecond: 3 })
})

test('goodput is what was due and came within the objective; refused, late and missing answers are not', () => {
  const samples = new Samples()
  add(samples, 0, 100)
  add(samples, 10, 110) // exactly the objective
  add(samples, 20, 121) // late
  add(samples, 30, 31, failed('overloaded', true))
  samples.begin(40, 40) // never answered
  const { goodput } = summarise(samples, 0, 1000, 100)
  expect(goodput).toEqual({ objectiveMs: 100, requestsPerSecond: 2, share: 2 / 5 })
})

test('a stall that outlasts the interval still shows in its latency', () => {
  const samples = new Samples()
  add(samples, 500, 9000)
  expect(summarise(samples, 0, 1000, 100).latencyMs.max).toBe(8500)
})

test('errors are counted by code, with how fast they came and whether they say when to try again', () => {
  const samples = new Samples()
  add(samples, 0, 2, failed('overloaded', true))
  add(samples, 0, 6, failed('overloaded'))
  add(samples, 0, 1, failed('lost'))
  samples.begin(0, 0)
  expect(summarise(samples, 0, 1000, 100).errors).toEqual([
    { code: 'overloaded', count: 2, p99Ms: 6, sentP99Ms: 5, retryAfter: 0.5 },
    { code: 'lost', count: 1, p99Ms: 1, sentP99Ms: 0, retryAfter: 0 },
    { code: 'unanswered', count: 1, p99Ms: null, sentP99Ms: null, retryAfter: 0 },
  ])
})
