// What is left of the service when three times as much is asked as it can do: goodput against its peak, and how fast the
// others are told to come back.
import { setTimeout as sleep } from 'node:timers/promises'
import { median, sum } from '../../src/common/statistics.ts'
import { gapsOf } from '../arrivals.ts'
import { closedLoop, type Loop, openLoop } from '../loops.ts'
import { Samples } from '../samples.ts'
import { type ErrorCount, type Summary, summarise } from '../summary.ts'
import type { Target } from '../target.ts'
import { openRollouts } from '../targets/rollout.ts'
import { openStream } from '../targets/stream.ts'
import { type Finding, finding } from './finding.ts'
import type { Section, SectionOptions } from './section.ts'
import { type RunningServer, withServers } from './start-server.ts'

const TIMES = 3
const ROWS = 16
/** Goodput counts answers within the objective; work may wait for a part of it, the rest is for computing it. */
const ROLLOUTS = { objectiveMs: 1000, queueMs: 200 }
const STEPS = { objectiveMs: 250, queueMs: 100 }
const SETTLE_MS = 500
const PATIENCE_MS = 20_000

interface Load {
  name: string
  objectiveMs: number
  open(slots: number): Promise<Target>
  /** slots of the closed loops, one of which gives the peak */
  peaks: number[]
  /** slots of the open loop */
  most: number
  /** replies of a socket come in order, so a refusal waits for the steps before it */
  inOrder: boolean
}

export const overload: Section = async (options) => {
  const served = { MODELS: options.models, DEVICE: options.device }
  const bounded = { MAX_STEP_QUEUE_MS: STEPS.queueMs, MAX_ROLLOUT_QUEUE_MS: ROLLOUTS.queueMs }
  return withServers(
    { bounded: { settings: { ...served, ...bounded } }, defaults: { settings: served } },
    async ({ bounded, defaults }) => {
      const rows: Finding[] = []
      const loads = [
        rollouts('rollouts', bounded, options.model),
        rollouts('rollouts with deadlines', defaults, options.model, ROLLOUTS.objectiveMs),
        steps('socket steps', bounded, options.model),
        steps('socket steps with deadlines', defaults, options.model, STEPS.objectiveMs),
      ]
      for (const load of loads) rows.push(...(await overloaded(load, options)))
      return { notes: notes(options), rows }
    },
  )
}

const rollouts = (name: string, { url }: RunningServer, model: string, deadlineMs?: number): Load => ({
  name,
  objectiveMs: ROLLOUTS.objectiveMs,
  open: (callers) => {
    const load = { model, callers, rows: ROWS, horizon: 0, ...(deadlineMs ? { deadlineMs } : {}) }
    return openRollouts({ url, encoding: 'msgpack' }, load)
  },
  peaks: [1, 2, 4, 6, 8],
  most: 1,
  inOrder: false,
})

const steps = (name: string, { url }: RunningServer, model: string, deadlineMs?: number): Load => ({
  name,
  objectiveMs: STEPS.objectiveMs,
  open: (slots) => {
    const load = { model, slots, sockets: 32, ...(deadlineMs ? { deadlineMs } : {}) }
    return openStream({ url, encoding: 'msgpack' }, load)
  },
  peaks: [64, 128, 256],
  most: 2048, // so many that each has few steps of its own waiting
  inOrder: true,
})

async function overloaded(load: Load, options: SectionOptions): Promise<Finding[]> {
  const ms = 2 * options.seconds * 1000
  const { peak, slots } = await findPeak(load, ms)
  const target = await load.open(load.most)
  const rounds: Summary[] = []
  for (let round = 0; round < options.rounds; round++) {
    const gaps = gapsOf('poisson', TIMES * peak, round)
    rounds.push(await during(load, ms, (samples) => openLoop(target, samples, gaps)))
  }
  await target.close()
  return [
    finding(`${load.name}: peak goodput`, peak, 'requests/s', {}, `closed loop of ${slots}`),
    ...served(load, rounds, peak),
    ...refused(load, rounds),
  ]
}

async function findPeak(load: Load, ms: number): Promise<{ peak: number; slots: number }> {
  let best = { peak: 0, slots: 0 }
  for (const slots of load.peaks) {
    const target = await load.open(slots)
    const { goodput } = await during(load, ms, (samples) => closedLoop(target, samples))
    await target.close()
    if (goodput.requestsPerSecond > best.peak) best = { peak: goodput.requestsPerSecond, slots }
  }
  return best
}

async function during(
  { objectiveMs }: Load,
  ms: number,
  start: (samples: Samples) => Loop,
): Promise<Summary> {
  const samples = new Samples()
  const loop = start(samples)
  await sleep(SETTLE_MS)
  const from = performance.now()
  await sleep(ms)
  const to = performance.now()
  await loop.stop(PATIENCE_MS)
  return summarise(samples, from, to, objectiveMs)
}

const typical = (rounds: Summary[], pick: (one: Summary) => number): number => median(rounds.map(pick))

function served({ name }: Load, rounds: Summary[], peak: number): Finding[] {
  const goodput = typical(rounds, (one) => one.goodput.requestsPerSecond)
  const milliseconds = (what: string, pick: (one: Summary) => number) =>
    finding(`${name}: ${what}`, typical(rounds, pick), 'ms')
  return [
    finding(`${name}: goodput at ${TIMES} x peak / peak`, goodput / peak, 'ratio', { least: 0.9 }),
    milliseconds('served in, p50', (one) => one.latencyMs.p50),
    milliseconds('served in, p99', (one) => one.latencyMs.p99),
    milliseconds('of that in the queue, p99', (one) => one.queueMs.p99),
    milliseconds('of that computing, p99', (one) => one.computeMs.p99),
  ]
}

function refused({ name, inOrder }: Load, rounds: Summary[]): Finding[] {
  const overloads = rounds.flatMap(({ errors }) => errors.filter(({ code }) => isRefusal(code)))
  const others = rounds.flatMap(({ errors }) => errors.filter(({ code }) => !isRefusal(code)))
  const counted = (errors: ErrorCount[]) => sum(errors.map(({ count }) => count))
  const otherwise = finding(
    `${name}: failed otherwise`,
    counted(others),
    'requests',
    {},
    [...new Set(others.map(({ code }) => code))].join(', '),
  )
  if (overloads.length === 0) return [finding(`${name}: refused`, 0, 'requests'), otherwise]
  const p99 = median(overloads.map(({ sentP99Ms }) => sentP99Ms!))
  const told = Math.min(...overloads.map(({ retryAfter }) => retryAfter))
  return [
    finding(`${name}: refused`, counted(overloads), 'requests'),
    inOrder
      ? finding(`${name}: refused in, p99`, p99, 'ms', {}, 'behind the steps before it on its socket')
      : finding(`${name}: refused in, p99`, p99, 'ms', { most: 5 }),
    ...(inOrder ? [] : [finding(`${name}: refused with Retry-After`, told, 'share', { least: 1 })]),
    otherwise,
  ]
}

/** A deadline that passes while work waits is told later than one that could be foreseen, and counts all the same. */
const isRefusal = (code: string): boolean => code === 'overloaded' || code === 'deadline_exceeded'

const notes = ({ seconds, rounds }: SectionOptions) => ({
  peak: 'goodput of the best closed loop',
  overload: `open loop, Poisson, ${TIMES} times the peak, over ${2 * seconds} s, median of ${rounds} times`,
  rollouts: `POST /v1/rollout of ${ROWS} rows, full horizon, msgpack; objective ${ROLLOUTS.objectiveMs} ms`,
  steps: `single steps over 32 sockets, msgpack; objective ${STEPS.objectiveMs} ms`,
  queue: `MAX_ROLLOUT_QUEUE_MS ${ROLLOUTS.queueMs}, MAX_STEP_QUEUE_MS ${STEPS.queueMs}; with deadlines: as shipped, deadline_ms is the objective`,
  refused: 'from when a request was sent to when its refusal was read',
})
