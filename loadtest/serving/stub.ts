// What the server itself costs: its executors answer at once with zeros, so all of the latency is its own and the
// generator's.
import { setTimeout as sleep } from 'node:timers/promises'
import { median, sum } from '../../src/common/statistics.ts'
import { gapsOf } from '../arrivals.ts'
import { closedLoop, openLoop } from '../loops.ts'
import { Samples } from '../samples.ts'
import { type Quantiles, quantilesOf, summarise } from '../summary.ts'
import type { Target } from '../target.ts'
import { openStream } from '../targets/stream.ts'
import { closedSlice } from './alternate.ts'
import { Costs } from './costs.ts'
import { type Finding, finding } from './finding.ts'
import type { Section, SectionOptions } from './section.ts'
import { type RunningServer, withServers } from './start-server.ts'

/** Sessions that step so often a second, a socket each. */
const STEADY = { sessions: 1024, hertz: 5 }
const FAST = { sessions: 256, sockets: 8 }
const CROWD = { sessions: 4096, sockets: 64, steps: 10 }
const PATIENCE_MS = 30_000

export const stub: Section = async (options) =>
  withServers(
    { stub: { stub: true, settings: { MODELS: options.models, EXECUTORS: 1 } } },
    async ({ stub: server }) => ({
      notes: {
        executor:
          'in the server process, answers at once with zeros; sessions, queue, batches and socket are real',
        generator: 'another process on the same machine, msgpack; latency counts from when a step was due',
        steady: `${STEADY.sessions} sessions, each on a socket of its own, ${STEADY.hertz} steps a second each, Poisson`,
        fast: `closed loop, ${FAST.sessions} sessions on ${FAST.sockets} sockets, one step each under way`,
      },
      rows: [
        ...(await steady(server, options)),
        ...(await fast(server, options)),
        ...(await crowd(server, options)),
      ],
    }),
  )

const open = (server: RunningServer, model: string, slots: number, sockets: number): Promise<Target> =>
  openStream({ url: server.url, encoding: 'msgpack' }, { model, slots, sockets })

/** Latency of an open loop, as the median over repetitions of each quantile. */
async function steady(server: RunningServer, { model, seconds, rounds }: SectionOptions): Promise<Finding[]> {
  const target = await open(server, model, STEADY.sessions, STEADY.sessions)
  const seen: { latency: Quantiles; late: Quantiles }[] = []
  let failed = 0
  for (let round = 0; round <= rounds; round++) {
    const samples = new Samples()
    const loop = openLoop(target, samples, gapsOf('poisson', STEADY.sessions * STEADY.hertz, round))
    const from = performance.now()
    await sleep(seconds * 1000)
    await loop.stop(PATIENCE_MS)
    const { latencyMs, lateMs, errors } = summarise(samples, from, performance.now(), 1000)
    failed += sum(errors.map(({ count }) => count))
    if (round > 0) seen.push({ latency: latencyMs, late: lateMs }) // the first warms up
  }
  await target.close()
  const typical = (pick: (one: (typeof seen)[number]) => number) => median(seen.map(pick))
  return [
    finding(
      'steady, latency p50',
      typical(({ latency }) => latency.p50),
      'ms',
      { most: 2 },
    ),
    finding(
      'steady, latency p99',
      typical(({ latency }) => latency.p99),
      'ms',
      { most: 15 },
    ),
    finding(
      'steady, sent late p50',
      typical(({ late }) => late.p50),
      'ms',
      {},
      'the generator, in both above',
    ),
    finding(
      'steady, sent late p99',
      typical(({ late }) => late.p99),
      'ms',
    ),
    finding('steady, failed or unanswered', failed, 'steps', { most: 0 }),
  ]
}

async function fast(server: RunningServer, { model, seconds, rounds }: SectionOptions): Promise<Finding[]> {
  const target = await open(server, model, FAST.sessions, FAST.sockets)
  const costs = new Costs(server)
  const slice = closedSlice(target, seconds * 1000, costs)
  const rates: number[] = []
  for (let round = 0; round <= rounds; round++) rates.push(await slice())
  await target.close()
  const { server: own, generator } = costs.perStep
  const slowest = Math.round(Math.min(...rates.slice(1)))
  return [
    finding('fast, steps', median(rates.slice(1)), 'steps/s', { least: 15_000 }, `slowest slice ${slowest}`),
    finding('fast, server', own, 'us/step', {}, 'processor time'),
    finding('fast, generator', generator, 'us/step', {}, 'processor time'),
  ]
}

/** Many open sessions, all of which step until each has done so often enough. */
async function crowd(server: RunningServer, { model }: SectionOptions): Promise<Finding[]> {
  const target = await open(server, model, CROWD.sessions, CROWD.sockets)
  const answered = new Int32Array(CROWD.sessions)
  const counting: Target = {
    ...target,
    send: (slot, done) =>
      target.send(slot, (answer) => {
        if (answer.code === 'ok') answered[slot]!++
        done(answer)
      }),
  }
  const samples = new Samples()
  const until = performance.now() + PATIENCE_MS
  const loop = closedLoop(counting, samples)
  while (answered.some((steps) => steps < CROWD.steps) && performance.now() < until) await sleep(50)
  await loop.stop(PATIENCE_MS)
  await target.close()
  const failed = samples.which((i) => samples.code[i] !== 'ok').length
  const took = quantilesOf(samples.done.map((done, i) => done - samples.due[i]!))
  return [
    finding('crowd, sessions open', CROWD.sessions, 'sessions', {}, `on ${CROWD.sockets} sockets`),
    finding('crowd, fewest steps of a session', Math.min(...answered), 'steps', { least: CROWD.steps }),
    finding('crowd, failed or unanswered', failed, 'steps', { most: 0 }, `of ${samples.count}`),
    finding('crowd, latency p99', took.p99, 'ms', {}, 'all sessions at once, as fast as they can'),
  ]
}
