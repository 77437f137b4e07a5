// What is left of the service when three times as much is asked as it can do: goodput against its peak, and how fast the
// others are told to come back.
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../src/training/step-errors.ts'
import { gapsOf } from '../arrivals.ts'
import { closedLoop, type Loop, openLoop } from '../loops.ts'
import { Samples } from '../samples.ts'
import { type Summary, summarise } from '../summary.ts'
import type { Target } from '../target.ts'
import { openRollouts } from '../targets/rollout.ts'
import { openStream } from '../targets/stream.ts'
import { type Finding, finding } from './finding.ts'
import type { Section, SectionOptions } from './section.ts'
import { withServers } from './start-server.ts'

const TIMES = 3
const OBJECTIVE_MS = 250
/** Of an objective, what work may wait; the rest is for computing and for the way there and back. */
const QUEUE_MS = 100
const ROWS = 16
/** Callers of a closed loop, one of which gives the peak. */
const CALLERS = [1, 2, 4, 6, 8]
const SESSIONS = [32, 64, 128, 256, 512]
/** Sessions that overload together; each waits for no answer of its own. */
const MOST_SESSIONS = 2048
const SETTLE_MS = 500
const PATIENCE_MS = 20_000

export const overload: Section = async (options) => {
  const MODELS = options.models
  const bounded = { MODELS, MAX_STEP_QUEUE_MS: QUEUE_MS, MAX_ROLLOUT_QUEUE_MS: QUEUE_MS }
  return withServers(
    { bounded: { settings: bounded }, defaults: { settings: { MODELS } } },
    async (servers) => {
      const rollouts = (server: { url: string }) => (callers: number) =>
        openRollouts(
          { url: server.url, encoding: 'msgpack' },
          { model: options.model, callers, rows: ROWS, horizon: 0 },
        )
      const steps = (slots: number) =>
        openStream(
          { url: servers.bounded.url, encoding: 'msgpack' },
          { model: options.model, slots, sockets: 32 },
        )
      const [rest, atDefaults] = [rollouts(servers.bounded), rollouts(servers.defaults)]
      return {
        notes: {
          goodput: `answers within ${OBJECTIVE_MS} ms of when they were due; peak: the best closed loop`,
          overload: `open loop, Poisson, ${TIMES} times the peak, over ${2 * options.seconds} s, ${options.rounds} times`,
          bounded: `MAX_STEP_QUEUE_MS and MAX_ROLLOUT_QUEUE_MS ${QUEUE_MS}`,
          rollouts: `POST /v1/rollout of ${ROWS} rows, full horizon, msgpack`,
        },
        rows: [
          ...(await overloaded('rollouts', { open: rest, peaks: CALLERS, most: 1, refuses: true }, options)),
          ...(await overloaded(
            'rollouts, default queue',
            { open: atDefaults, peaks: CALLERS, most: 1 },
            options,
          )),
          ...(await overloaded(
            'socket steps',
            { open: steps, peaks: SESSIONS, most: MOST_SESSIONS },
            options,
          )),
        ],
      }
    },
  )
}

interface Load {
  open(slots: number): Promise<Target>
  /** slots of the closed loops */
  peaks: number[]
  /** slots of the open loop */
  most: number
  /** whether refusals are held against the target: replies of a socket come in order, so there they wait */
  refuses?: boolean
}

async function overloaded(name: string, load: Load, options: SectionOptions): Promise<Finding[]> {
  const ms = 2 * options.seconds * 1000
  const { peak, slots } = await findPeak(load, ms)
  const target = await load.open(load.most)
  const rounds: Summary[] = []
  for (let round = 0; round < options.rounds; round++) {
    const gaps = gapsOf('poisson', TIMES * peak, round)
    rounds.push(await during(ms, (samples) => openLoop(target, samples, gaps)))
  }
  await target.close()
  return [
    finding(`${name}: peak goodput`, peak, 'requests/s', {}, `closed loop of ${slots}`),
    ...rowsOf(name, rounds, peak, load.refuses ?? false),
  ]
}

async function findPeak({ open, peaks }: Load, ms: number): Promise<{ peak: number; slots: number }> {
  let best = { peak: 0, slots: 0 }
  for (const slots of peaks) {
    const target = await open(slots)
    const { goodput } = await during(ms, (samples) => closedLoop(target, samples))
    await target.close()
    if (goodput.requestsPerSecond > best.peak) best = { peak: goodput.requestsPerSecond, slots }
  }
  return best
}

async function during(ms: number, start: (samples: Samples) => Loop): Promise<Summary> {
  const samples = new Samples()
  const loop = start(samples)
  await sleep(SETTLE_MS)
  const from = performance.now()
  await sleep(ms)
  const to = performance.now()
  await loop.stop(PATIENCE_MS)
  return summarise(samples, from, to, OBJECTIVE_MS)
}

function rowsOf(name: string, rounds: Summary[], peak: number, refuses: boolean): Finding[] {
  const typical = (pick: (one: Summary) => number) => median(rounds.map(pick))
  const refused = (one: Summary) => one.errors.find(({ code }) => code === 'overloaded')
  const goodput = typical((one) => one.goodput.requestsPerSecond)
  const others = rounds.flatMap(({ errors }) => errors.filter(({ code }) => code !== 'overloaded'))
  const codes = [...new Set(others.map(({ code }) => code))].join(', ')
  return [
    finding(`${name}: goodput at ${TIMES} x peak / peak`, goodput / peak, 'ratio', { least: 0.9 }),
    finding(
      `${name}: latency p50 of what was served`,
      typical((one) => one.latencyMs.p50),
      'ms',
    ),
    finding(
      `${name}: latency p99 of what was served`,
      typical((one) => one.latencyMs.p99),
      'ms',
    ),
    finding(
      `${name}: refused in, p99`,
      typical((one) => refused(one)?.p99Ms ?? Number.NaN),
      'ms',
      refuses ? { most: 5 } : {},
      refuses ? '' : 'no target: not bounded, or behind other replies of the socket',
    ),
    finding(
      `${name}: refused`,
      typical((one) => refused(one)?.count ?? 0),
      'requests',
    ),
    ...(refuses
      ? [
          finding(
            `${name}: with Retry-After`,
            typical((one) => refused(one)?.retryAfter ?? 0),
            'share',
            { least: 1 },
          ),
        ]
      : []),
    finding(
      `${name}: failed otherwise`,
      others.reduce((sum, { count }) => sum + count, 0),
      'requests',
      {},
      codes,
    ),
  ]
}
