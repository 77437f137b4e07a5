// How much of the engine's speed is left when steps come over a socket: the same steps in a bare loop and through a
// server, in turns.
import { availableParallelism } from 'node:os'
import { median } from '../../src/common/statistics.ts'
import type { Target } from '../target.ts'
import { openStream } from '../targets/stream.ts'
import { alternate, closedSlice, ratio } from './alternate.ts'
import { Costs } from './costs.ts'
import { type Finding, finding } from './finding.ts'
import { type Raw, startRaw } from './raw.ts'
import type { Section, SectionOptions } from './section.ts'
import { withServers } from './start-server.ts'

const SESSIONS = 128
/** The server's max_batch_size. */
const BATCH = 64
const SOCKETS = 8

export const servedToRaw: Section = async (options) => {
  const common = { MODELS: options.models, DEVICE: options.device, MAX_STEP_QUEUE_MS: 60_000 } // unbatched ones wait long
  const raws = await Promise.all([startRaw(options), startRaw(options)])
  try {
    return await withServers(
      {
        one: { settings: { ...common, EXECUTORS: 1, MAX_BATCH_SIZE: BATCH } },
        two: { settings: { ...common, EXECUTORS: 2, MAX_BATCH_SIZE: BATCH } },
        unbatched: { settings: { ...common, EXECUTORS: 1, MAX_BATCH_SIZE: 1 } },
      },
      async (servers) => {
        const open = (server: { url: string }, slots: number) =>
          openStream(
            { url: server.url, encoding: 'msgpack' },
            { model: options.model, slots, sockets: Math.min(slots, SOCKETS) },
          )
        const targets = {
          single: await open(servers.one, 1),
          many: await open(servers.one, SESSIONS),
          unbatched: await open(servers.unbatched, SESSIONS),
          two: await open(servers.two, SESSIONS),
        }
        const costs = { one: new Costs(servers.one), two: new Costs(servers.two) }
        const result = await compare(raws, targets, costs, options)
        await Promise.all(Object.values(targets).map((target) => target.close()))
        return result
      },
    )
  } finally {
    for (const raw of raws) raw.close()
  }
}

type Targets = Record<'single' | 'many' | 'unbatched' | 'two', Target>

interface BothCosts {
  one: Costs
  two: Costs
}

async function compare(
  [raw, other]: Raw[],
  targets: Targets,
  costs: BothCosts,
  { seconds, rounds }: SectionOptions,
) {
  const ms = seconds * 1000
  const engineShares: number[] = []
  const rawSlice = async (one: Raw, rows: number) => {
    const { stepsPerSecond, engineShare } = await one.slice({ rows, ms })
    if (rows === BATCH) engineShares.push(engineShare)
    return stepsPerSecond
  }
  const rates = await alternate(
    {
      rawOne: () => rawSlice(raw!, 1),
      servedOne: closedSlice(targets.single, ms),
      rawBatch: () => rawSlice(raw!, BATCH),
      served: closedSlice(targets.many, ms, costs.one),
      unbatched: closedSlice(targets.unbatched, ms),
      two: closedSlice(targets.two, ms, costs.two),
      rawTwo: async () => {
        const both = await Promise.all([rawSlice(raw!, BATCH), rawSlice(other!, BATCH)])
        return both[0] + both[1]
      },
    },
    rounds,
  )
  return {
    notes: notes(seconds, rounds, median(engineShares)),
    rows: [...rowsOf(rates), ...costRows(rates, costs)],
  }
}

type Rates = Record<'rawOne' | 'servedOne' | 'rawBatch' | 'served' | 'unbatched' | 'two' | 'rawTwo', number[]>

function rowsOf(rates: Rates): Finding[] {
  const rate = (measure: string, name: keyof Rates) => finding(measure, median(rates[name]), 'steps/s')
  const compared = (measure: string, over: keyof Rates, under: keyof Rates, least?: number) => {
    const { value, least: low, most: high } = ratio(rates[over], rates[under])
    const wanted = least === undefined ? {} : { least }
    return finding(measure, value, 'ratio', wanted, `rounds ${low.toFixed(2)} to ${high.toFixed(2)}`)
  }
  return [
    rate('raw, 1 row', 'rawOne'),
    rate('served, 1 session', 'servedOne'),
    rate(`raw, ${BATCH} rows`, 'rawBatch'),
    rate(`served, ${SESSIONS} sessions, 1 executor`, 'served'),
    rate(`served, ${SESSIONS} sessions, unbatched`, 'unbatched'),
    rate(`served, ${SESSIONS} sessions, 2 executors`, 'two'),
    rate(`two raw processes, ${BATCH} rows each`, 'rawTwo'),
    compared('served / raw, 1 session', 'servedOne', 'rawOne', 0.7),
    compared(`served / raw, ${SESSIONS} sessions`, 'served', 'rawBatch', 0.85),
    compared('batched / unbatched', 'served', 'unbatched', 5),
    compared('2 executors / 1', 'two', 'served', 1.7),
    compared('2 raw processes / 1: the ceiling of that', 'rawTwo', 'rawBatch'),
    compared('2 executors / 2 raw processes', 'two', 'rawTwo'),
  ]
}

/** Two executors share the machine with everything else; this is what is left for them. */
function costRows(rates: Rates, { one, two }: BothCosts): Finding[] {
  const { server, generator } = two.perStep
  const executor = 1e6 / median(rates.rawBatch)
  const most = (1e6 * availableParallelism()) / (executor + server + generator)
  return [
    finding('mean batch, 1 executor', one.meanBatch, 'rows'),
    finding('mean batch, 2 executors', two.meanBatch, 'rows'),
    finding('main process, 2 executors', server, 'us/step'),
    finding('generator, 2 executors', generator, 'us/step'),
    finding(
      '2 executors / 1 if no core were ever idle',
      most / median(rates.served),
      'ratio',
      {},
      `${availableParallelism()} cores for a step's ${(executor + server + generator).toFixed(0)} us`,
    ),
  ]
}

const notes = (seconds: number, rounds: number, engineShare: number) => ({
  raw:
    'LiveStepper in a process of its own, one thread; the clock runs during a step of the batch and stands while rows ' +
    `are gathered, scattered and committed. Share of its time inside the engine: ${engineShare.toFixed(3)}`,
  served: `closed loop over ${SOCKETS} sockets, msgpack, the generator in another process on the same machine`,
  statistic: `ratios of medians of ${rounds} slices of ${seconds} s that take turns; the range is that of the rounds`,
})
