// npm run bench:transport: what it costs to have executors in processes of their own: structured clones (what is used),
// a worker thread with transferred buffers, and hand-made frames over a Unix socket, in turns.
import Type, { type Static } from 'typebox'
import { type Row, record, significant } from '../../../loadtest/record.ts'
import { startRaw } from '../../../loadtest/serving/raw.ts'
import { type Channel, openClones, openFrames, openThread } from '../../../loadtest/transport/channels.ts'
import {
  bytesOf,
  liveBatch,
  liveResults,
  type Payload,
  trajectories,
} from '../../../loadtest/transport/payload.ts'
import { otherWork, type RoundTrips, roundTrips } from '../../../loadtest/transport/round-trips.ts'
import { runCommand } from '../../../src/common/command.ts'
import { median } from '../../../src/common/statistics.ts'
import type { Bundle } from '../../../src/registry/load.ts'
import { asDima } from '../../../src/worlds/dima/serve/spec.ts'
import { chooseBundle, modelFlags } from '../model.ts'
import { openEngine, randomRollout } from '../rollout/workload.ts'

const ROWS = 64

const Flags = Type.Object(
  {
    ...modelFlags,
    seconds: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      description: 'of round trips before the next has its turn',
    }),
    rounds: Type.Integer({ default: 7, minimum: 1, description: 'turns of each' }),
    out: Type.String({ default: 'bench/transport.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

interface Traffic {
  name: string
  ask: Payload
  answer: Payload
  /** what an executor computes for it */
  computeMs: number
}

async function trafficOf(bundle: Bundle, flags: Flags): Promise<Record<string, Traffic>> {
  const manifest = asDima(bundle.manifest)
  const rollout = randomRollout(manifest, 'joint', ROWS)
  return {
    step: await stepsOf(bundle, flags, 1),
    steps: await stepsOf(bundle, flags, ROWS),
    rollout: {
      name: `rollout chunk, ${ROWS} x ${manifest.horizon}`,
      ask: { ...rollout },
      answer: trajectories(manifest, rollout),
      computeMs: await computeOfRollout(bundle, flags),
    },
  }
}

const stepsOf = async ({ manifest }: Bundle, flags: Flags, rows: number): Promise<Traffic> => ({
  name: `live batch, rows: ${rows}`,
  ask: liveBatch(asDima(manifest), rows),
  answer: liveResults(asDima(manifest), rows),
  computeMs: await computeOfSteps(flags, rows),
})

async function computeOfSteps({ models, model, seconds, rounds }: Flags, rows: number): Promise<number> {
  const raw = await startRaw({ models, model, device: 'cpu' })
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const { stepsPerSecond } = await raw.slice({ rows, ms: 1000 * seconds })
    if (round > 0) times.push((1000 * rows) / stepsPerSecond)
  }
  raw.close()
  return median(times)
}

async function computeOfRollout(bundle: Bundle, { rounds }: Flags): Promise<number> {
  const { simulator, close } = await openEngine(bundle, 'cpu')
  const rollout = randomRollout(asDima(bundle.manifest), 'joint', ROWS)
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const { computeMs } = await simulator.rollout(rollout)
    if (round > 0) times.push(computeMs)
  }
  await close()
  return median(times)
}

const CHANNELS = {
  'process, structured clones': openClones,
  'thread, transferred buffers': openThread,
  'process, frames over a socket': openFrames,
}

async function bench(traffic: Record<string, Traffic>, { seconds, rounds }: Flags): Promise<Row[]> {
  const answers = Object.fromEntries(Object.entries(traffic).map(([kind, { answer }]) => [kind, answer]))
  const opened = await Promise.all(
    Object.entries(CHANNELS).map(
      async ([name, open]): Promise<[string, Channel]> => [name, await open(answers)],
    ),
  )
  const seen = new Map<Row, RoundTrips[]>()
  const cases = Object.entries(traffic).flatMap(([kind, { name, ask, answer, computeMs }]) =>
    ['idle', 'half busy'].flatMap((loop) =>
      opened.map(([transport, channel]) => {
        const row: Row = {
          what: name,
          KB: significant((bytesOf(ask) + bytesOf(answer)) / 1000),
          loop,
          transport,
        }
        seen.set(row, [])
        return { row, kind, ask, loop, channel, computeMs }
      }),
    ),
  )
  for (let round = 0; round <= rounds; round++)
    for (const { row, kind, ask, loop, channel } of cases) {
      const stop = loop === 'idle' ? () => {} : otherWork()
      const figures = await roundTrips(channel, kind, ask, 1000 * seconds)
      stop()
      if (round > 0) seen.get(row)!.push(figures)
    }
  await Promise.all(opened.map(([, channel]) => channel.close()))
  return cases.map(({ row, loop, computeMs }) => ({ ...row, ...figuresOf(seen.get(row)!, loop, computeMs) }))
}

function figuresOf(rounds: RoundTrips[], loop: string, computeMs: number): Row {
  const typical = (pick: (one: RoundTrips) => number) => median(rounds.map(pick))
  const p50 = typical(({ ms }) => ms.p50)
  return {
    p50Ms: significant(p50),
    p99Ms: significant(typical(({ ms }) => ms.p99)),
    loopMs: loop === 'idle' ? significant(typical(({ loopMs }) => loopMs)) : '',
    computeMs: significant(computeMs),
    'p50 / compute %': significant((100 * p50) / computeMs),
  }
}

async function main(flags: Flags): Promise<void> {
  const bundle = await chooseBundle(flags)
  const traffic = await trafficOf(bundle, flags)
  const notes = {
    model: { name: bundle.name, version: bundle.version, digest: bundle.digest },
    statistic: `median over ${flags.rounds} turns of ${flags.seconds} s of each turn's quantile; one round trip at a time`,
    answer: 'arrays of the right sizes, copied and sent back without computing',
    loop: 'half busy: a millisecond of other work every two; loopMs: how long a round trip keeps the idle loop',
    computeMs: 'of the same batch on one thread, in the same run',
  }
  record(flags.out, notes, await bench(traffic, flags))
}

runCommand('bench:transport', Flags, main)
