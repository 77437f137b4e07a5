// How long the server's event loop is held up while its executors are fully busy: whatever holds it delays every
// session at once.
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, sum } from '../../src/common/statistics.ts'
import { closedLoop, type Loop } from '../loops.ts'
import { Samples } from '../samples.ts'
import { figuresBetween, type ServerFigures, scrape } from '../server-metrics.ts'
import { type Summary, summarise } from '../summary.ts'
import type { Target } from '../target.ts'
import type { Encoding } from '../targets/rest.ts'
import { openRollouts } from '../targets/rollout.ts'
import { openStream } from '../targets/stream.ts'
import { type Finding, finding } from './finding.ts'
import type { Section, SectionOptions } from './section.ts'
import { type RunningServer, withServers } from './start-server.ts'

const SESSIONS = 128
const SOCKETS = 8
const SETTLE_MS = 1000
const PATIENCE_MS = 30_000
/** Nobody shall be refused here. */
const PATIENT = { MAX_STEP_QUEUE_MS: 600_000, MAX_ROLLOUT_QUEUE_MS: 600_000 }

/** Each mix has what the one before has, and more. */
const MIXES = ['steps', '+ 64-row msgpack rollouts', '+ 600-row JSON rollouts'] as const

export const eventLoop: Section = async (options) =>
  withServers(
    { one: { settings: { MODELS: options.models, DEVICE: options.device, ...PATIENT } } },
    async ({ one }) => ({
      notes: {
        load:
          `closed loops: ${SESSIONS} sessions on ${SOCKETS} sockets; two callers of 64-row rollouts in msgpack; one of ` +
          '600-row rollouts in JSON; the generator does not parse the replies of rollouts',
        executors: `${availableParallelism()}, as many as cores: server and generator share the cores with them`,
        delay: `wm_event_loop_delay_seconds over ${options.seconds} s; median of ${options.rounds} times`,
      },
      rows: await mixes(one, options),
    }),
  )

async function mixes(server: RunningServer, { model, seconds, rounds }: SectionOptions): Promise<Finding[]> {
  const rollouts = (encoding: Encoding, callers: number, rows: number) =>
    openRollouts({ url: server.url, encoding }, { model, callers, rows, horizon: 0 })
  const targets: Target[] = [
    await openStream({ url: server.url, encoding: 'msgpack' }, { model, slots: SESSIONS, sockets: SOCKETS }),
    await rollouts('msgpack', 2, 64),
    await rollouts('json', 1, 600),
  ]
  const rows: Finding[] = []
  for (const [last, name] of MIXES.entries()) {
    const measured: Measured[] = []
    for (let round = 0; round < rounds; round++)
      measured.push(await underLoad(server, targets.slice(0, last + 1), seconds))
    rows.push(...rowsOf(name, measured))
  }
  await Promise.all(targets.map((target) => target.close()))
  return rows
}

interface Measured {
  server: ServerFigures
  steps: Summary
}

async function underLoad(server: RunningServer, targets: Target[], seconds: number): Promise<Measured> {
  const loaded = targets.map((target): [Samples, Loop] => {
    const samples = new Samples()
    return [samples, closedLoop(target, samples)]
  })
  await sleep(SETTLE_MS)
  const [before, from] = [await scrape(server.url), performance.now()]
  await sleep(seconds * 1000)
  const [after, to] = [await scrape(server.url), performance.now()]
  await Promise.all(loaded.map(([, loop]) => loop.stop(PATIENCE_MS)))
  return {
    server: figuresBetween(before, after, (to - from) / 1000),
    steps: summarise(loaded[0]![0], from, to, 1000),
  }
}

function rowsOf(name: string, measured: Measured[]): Finding[] {
  const typical = (pick: (one: Measured) => number) => median(measured.map(pick))
  const delay = (quantile: string) => typical(({ server }) => server.eventLoopDelayMs[quantile]!)
  const busy = typical(({ server }) => sum(Object.values(server.executorsBusy)))
  return [
    finding(`${name}: event loop delay p99`, delay('p99'), 'ms', { most: 10 }),
    finding(`${name}: event loop delay p50`, delay('p50'), 'ms'),
    finding(`${name}: event loop delay max`, delay('max'), 'ms'),
    finding(
      `${name}: executors busy`,
      busy,
      'executors',
      {},
      'sum of what they report; steps and rollouts may both count',
    ),
    finding(
      `${name}: live steps`,
      typical(({ steps }) => steps.stepsPerSecond),
      'steps/s',
    ),
    finding(
      `${name}: live step p99`,
      typical(({ steps }) => steps.latencyMs.p99),
      'ms',
    ),
  ]
}
