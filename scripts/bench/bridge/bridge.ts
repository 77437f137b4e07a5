// npm run bench:bridge: what a bridge costs by itself. An environment that computes nothing is served by a process of its
// own over the loopback; one request at a time, so a round trip is what a training loop would wait for.
import { once } from 'node:events'
import Type, { type Static } from 'typebox'
import { type Row, record, significant } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { startProcess } from '../../../src/common/start-process.ts'
import { median } from '../../../src/common/statistics.ts'
import type { Case, Rates, Task } from './client.ts'
import { BALLAST_MB } from './parts.ts'

const CHEETAH = { name: 'HalfCheetah-2x3', agents: 2, observation: 19, state: 17, action: 3 }
const HANDS = { name: 'Bi-DexHands BottleCap', agents: 2, observation: 221, state: 420, action: 26 }
// Our own tasks are served in float64; Isaac Gym has float32.
const cheetah = { ...CHEETAH, dtype: 'float64' } as const
const hands = { ...HANDS, dtype: 'float32' } as const
const CASES: readonly Case[] = [
  { shapes: cheetah, numEnvs: 1, copy: true },
  { shapes: cheetah, numEnvs: 64, copy: true },
  { shapes: hands, numEnvs: 1, copy: true },
  { shapes: hands, numEnvs: 64, copy: true },
  { shapes: hands, numEnvs: 64, copy: false },
  { shapes: { ...hands, dtype: 'float64' }, numEnvs: 64, copy: true },
]
/** What a trainer needs, by copies: round trips/s with one, steps/s with 64. */
const TARGETS: Record<number, number> = { 1: 5000, 64: 100_000 }

const Flags = Type.Object(
  {
    seconds: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      description: 'of each turn',
    }),
    rounds: Type.Integer({
      default: 7,
      minimum: 1,
      description: 'turns, and as many of the bare socket between them',
    }),
    out: Type.String({ default: 'bench/bridge.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

async function measure(task: Task): Promise<Rates> {
  const client = startProcess('./client', import.meta.url)
  client.send(task)
  const [rates] = (await once(client, 'message')) as [Rates]
  return rates
}

async function main({ seconds, rounds, out }: Flags): Promise<void> {
  const rows: Row[] = []
  for (const one of CASES) rows.push(rowOf(one, await measure({ ...one, seconds, rounds })))
  const notes = {
    statistic: `median over ${rounds} turns of ${seconds} s`,
    environment:
      'computes nothing; server and client are processes of their own on one machine, over the loopback',
    requests: 'one at a time; answers are checked as always',
    heap: `both processes hold ${BALLAST_MB} MB of numbers besides, as trainers and simulators do`,
    sizes: 'observation, state, action; entries of an agent',
    answers: 'fresh: arrays of their own; overwritten: connected with copy: false',
    target: 'steps/s: 5,000 with one copy, 100,000 with 64',
    bare: 'as many bytes either way over a WebSocket of the same package, neither written nor read, in turns with the rest',
  }
  record(out, notes, rows)
}

function rowOf({ shapes, numEnvs, copy }: Case, rates: Rates): Row {
  const { name, agents, observation, state, action, dtype } = shapes
  const trips = median(rates.step)
  return {
    shapes: name,
    sizes: `${agents} x ${observation}, ${state}, ${agents} x ${action}`,
    dtype,
    copies: numEnvs,
    answers: copy ? 'fresh' : 'overwritten',
    roundTripsPerSecond: significant(trips),
    stepsPerSecond: significant(trips * numEnvs),
    'of target': significant((trips * numEnvs) / TARGETS[numEnvs]!),
    slowestTurn: significant(Math.min(...rates.step) * numEnvs),
    fastestTurn: significant(Math.max(...rates.step) * numEnvs),
    'share of bare socket': significant(median(rates.step.map((rate, i) => rate / rates.bare[i]!))),
  }
}

runCommand('bench:bridge', Flags, main)
