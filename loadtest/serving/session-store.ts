// What it costs to keep sessions in a store: the same load on a server that has them in memory and on one with a Redis, in
// turns. One session alone says what a step waits longer; many at once, what is computed in the same time.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../src/common/statistics.ts'
import { closedLoop } from '../loops.ts'
import { hasRedis, type RedisServer, startRedis } from '../reliability/fleet/redis-server.ts'
import { Samples } from '../samples.ts'
import { quantilesOf } from '../summary.ts'
import type { Target } from '../target.ts'
import { openStream } from '../targets/stream.ts'
import { alternate, closedSlice, ratio, type Slice } from './alternate.ts'
import { Costs } from './costs.ts'
import { type Finding, finding } from './finding.ts'
import type { Section, SectionOptions } from './section.ts'
import { type RunningServer, withServers } from './start-server.ts'

const MANY = { slots: 64, sockets: 4 }
const PATIENCE_MS = 10_000
/** Of /proc/<pid>/stat. */
const TICKS_A_SECOND = 100

type Servers = Record<'memory' | 'redis', RunningServer>

export const sessionStore: Section = async (options) => {
  if (!hasRedis) return { notes: { skipped: 'redis-server is not installed' }, rows: [] }
  const redis = await startRedis('--appendonly', 'yes')
  try {
    const settings = { MODELS: options.models, DEVICE: options.device, EXECUTORS: 1 }
    const wanted = { memory: { settings }, redis: { settings: { ...settings, SESSION_STORE: redis.url } } }
    return await withServers(wanted, async (servers) => ({
      notes: {
        servers: 'two, of one executor each; servers, store and generator share the cores',
        store: 'redis-server on loopback, appendonly with appendfsync everysec',
        turns: `slices of ${options.seconds} s, ${options.rounds} of each; medians`,
      },
      rows: [...(await alone(servers, options)), ...(await many(servers, redis, options))],
    }))
  } finally {
    await redis.close()
  }
}

const open = (server: RunningServer, model: string, load = { slots: 1, sockets: 1 }): Promise<Target> =>
  openStream({ url: server.url, encoding: 'msgpack' }, { model, ...load })

async function alone(
  { memory, redis }: Servers,
  { model, seconds, rounds }: SectionOptions,
): Promise<Finding[]> {
  const targets = [await open(memory, model), await open(redis, model)] as const
  const p50 = await alternate(
    { memory: latencySlice(targets[0], seconds * 1000), redis: latencySlice(targets[1], seconds * 1000) },
    rounds,
  )
  for (const target of targets) await target.close()
  const more = median(p50.redis) - median(p50.memory)
  return [
    finding('one session, p50 of a step, memory', median(p50.memory), 'ms'),
    finding('one session, p50 of a step, store', median(p50.redis), 'ms'),
    finding('one session, what the store adds', more, 'ms', { most: 0.5 }),
  ]
}

/** Its median latency, milliseconds. */
const latencySlice =
  (target: Target, ms: number): Slice =>
  async () => {
    const samples = new Samples()
    const loop = closedLoop(target, samples)
    await sleep(ms)
    await loop.stop(PATIENCE_MS)
    const good = samples.which((i) => samples.code[i] === 'ok')
    return quantilesOf(good.map((i) => samples.done[i]! - samples.due[i]!)).p50
  }

async function many(
  { memory, redis }: Servers,
  store: RedisServer,
  { model, seconds, rounds }: SectionOptions,
): Promise<Finding[]> {
  const targets = [await open(memory, model, MANY), await open(redis, model, MANY)] as const
  const costs = { memory: new Costs(memory), redis: new Costs(redis) }
  const spent = { cpu: 0, steps: 0 }
  const withStore = closedSlice(targets[1], seconds * 1000, {
    begin: async () => {
      const account = await costs.redis.begin()
      const before = cpuSeconds(store.pid)
      return async (steps) => {
        spent.cpu += cpuSeconds(store.pid) - before
        spent.steps += steps
        await account(steps)
      }
    },
  })
  const rates = await alternate(
    { memory: closedSlice(targets[0], seconds * 1000, costs.memory), redis: withStore },
    rounds,
  )
  for (const target of targets) await target.close()
  const { value, least, most } = ratio(rates.redis, rates.memory)
  const spread = `rounds ${least.toFixed(2)} to ${most.toFixed(2)}`
  const more = costs.redis.perStep.server - costs.memory.perStep.server
  const ofStore = (1e6 * spent.cpu) / spent.steps
  return [
    finding(`${MANY.slots} sessions, memory`, median(rates.memory), 'steps/s'),
    finding(`${MANY.slots} sessions, store`, median(rates.redis), 'steps/s'),
    finding(`${MANY.slots} sessions, store / memory`, value, '', { least: 0.85 }, spread),
    finding(
      `${MANY.slots} sessions, server`,
      more,
      'us/step',
      { most: 15 },
      'processor time more than memory',
    ),
    finding(
      `${MANY.slots} sessions, store`,
      ofStore,
      'us/step',
      { most: 25 },
      'processor time of redis-server',
    ),
  ]
}

/** User and system time of a process. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}
