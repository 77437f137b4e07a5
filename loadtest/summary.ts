// The figures of an interval: rate, latency, the server's own split of it, goodput, errors.
import { quantiles, sum } from '../src/common/statistics.ts'
import type { Samples } from './samples.ts'

export interface Quantiles {
  p50: number
  p90: number
  p99: number
  max: number
}

export interface ErrorCount {
  code: string
  count: number
  /** from when it was due; null for what was never answered */
  p99Ms: number | null
  /** from when it was sent: without the generator's own delay */
  sentP99Ms: number | null
  /** share that says when to try again */
  retryAfter: number
}

export interface Summary {
  seconds: number
  /** answered well in the interval */
  requests: number
  requestsPerSecond: number
  stepsPerSecond: number
  /** of requests that were due in the interval and answered well; milliseconds */
  latencyMs: Quantiles
  /** waited for an executor */
  queueMs: Quantiles
  computeMs: Quantiles
  /** the rest of what the server took until it began to write the reply */
  otherMs: Quantiles
  /** latency minus all of that: writing and reading the reply, both event loops, the generator's own delay */
  outsideMs: Quantiles
  /** how late the generator sent */
  lateMs: Quantiles
  goodput: {
    objectiveMs: number
    /** due in the interval and answered well within the objective */
    requestsPerSecond: number
    /** of all that were due */
    share: number
  }
  errors: ErrorCount[]
}

/** @param from performance.now() of the interval's beginning, `to` of its end */
export function summarise(samples: Samples, from: number, to: number, objectiveMs: number): Summary {
  const seconds = (to - from) / 1000
  const within = (time: number) => time >= from && time < to
  const due = samples.which((i) => within(samples.due[i]!))
  const good = due.filter((i) => samples.code[i] === 'ok')
  const answered = samples.which((i) => within(samples.done[i]!) && samples.code[i] === 'ok')
  const steps = sum(answered.map((i) => samples.steps[i]!))
  const inTime = good.filter((i) => latencyOf(samples, i) <= objectiveMs).length
  const spread = (value: (i: number) => number) => quantilesOf(good.map(value))
  return {
    seconds,
    requests: answered.length,
    requestsPerSecond: answered.length / seconds,
    stepsPerSecond: steps / seconds,
    latencyMs: spread((i) => latencyOf(samples, i)),
    queueMs: spread((i) => samples.queueMs[i]!),
    computeMs: spread((i) => samples.computeMs[i]!),
    otherMs: spread((i) => samples.totalMs[i]! - samples.queueMs[i]! - samples.computeMs[i]!),
    outsideMs: spread((i) => latencyOf(samples, i) - samples.totalMs[i]!),
    lateMs: quantilesOf(due.map((i) => samples.sent[i]! - samples.due[i]!)),
    goodput: { objectiveMs, requestsPerSecond: inTime / seconds, share: inTime / due.length },
    errors: errorsOf(samples, due),
  }
}

const latencyOf = ({ done, due }: Samples, i: number): number => done[i]! - due[i]!

function errorsOf(samples: Samples, due: number[]): ErrorCount[] {
  const byCode = new Map<string, number[]>()
  for (const i of due) {
    const code = samples.code[i]!
    if (code === 'ok') continue
    const which = byCode.get(code)
    if (which) which.push(i)
    else byCode.set(code, [i])
  }
  const p99 = (code: string, values: number[]) => (code === 'unanswered' ? null : quantilesOf(values).p99)
  return [...byCode].map(([code, which]) => ({
    code,
    count: which.length,
    p99Ms: p99(
      code,
      which.map((i) => latencyOf(samples, i)),
    ),
    sentP99Ms: p99(
      code,
      which.map((i) => samples.done[i]! - samples.sent[i]!),
    ),
    retryAfter: which.filter((i) => samples.retryAfter[i]).length / which.length,
  }))
}

/** By nearest rank; NaN of none. */
export function quantilesOf(values: readonly number[]): Quantiles {
  const [p50, p90, p99, max] = quantiles(values, [0.5, 0.9, 0.99, 1]) as [number, number, number, number]
  return { p50, p90, p99, max }
}
