// npm run bench:bridge: what a bridge costs by itself. An environment that computes nothing is served by a process of its
// own over the loopback; one request at a time, so a round trip is what a training loop would wait for.
import { once } from 'node:events'
import Type, { type Static } from 'typebox'
import { WebSocket } from 'ws'
import { runCommand } from '../src/common/command.ts'
import { startProcess } from '../src/common/start-process.ts'
import { BridgeVectorEnv } from '../src/env/bridge/bridge-vector-env.ts'
import { median } from '../src/training/step-errors.ts'
import { BALLAST_MB, ballast, type Ready, type Shapes } from './bench-bridge-server.ts'
import { type Row, record, significant } from './bench-record.ts'

const CHEETAH = { name: 'HalfCheetah-2x3', agents: 2, observation: 19, state: 17, action: 3 }
const HANDS = { name: 'Bi-DexHands BottleCap', agents: 2, observation: 221, state: 420, action: 26 }
const CASES: readonly Shapes[] = [
  { ...CHEETAH, dtype: 'float64' }, // as our own tasks are served
  { ...HANDS, dtype: 'float32' }, // as Isaac Gym has them
  { ...HANDS, dtype: 'float64' },
]
const COPIES = [1, 64]
/** What a trainer needs, by copies: round trips/s with one, steps/s with 64. */
const TARGETS: Record<number, number> = { 1: 5000, 64: 100_000 }

const Flags = Type.Object(
  {
    seconds: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      description: 'of steps before the next has its turn',
    }),
    rounds: Type.Integer({ default: 7, minimum: 1, description: 'turns of each' }),
    out: Type.String({ default: 'bench/bridge.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

interface Case {
  shapes: Shapes
  numEnvs: number
  step: () => Promise<unknown>
  /** As many bytes either way, and nothing else. */
  bare: () => Promise<unknown>
  rates: { step: number[]; bare: number[] }
  close(): Promise<void>
}

async function open(shapes: Shapes, numEnvs: number): Promise<Case> {
  const server = startProcess('./bench-bridge-server', import.meta.url)
  server.send({ shapes, numEnvs })
  const [{ url, bareUrl }]: [Ready] = (await once(server, 'message')) as [Ready]
  const env = await BridgeVectorEnv.connect(url, { numEnvs })
  await env.reset()
  const actions = Object.fromEntries(
    env.possibleAgents.map((agent) => [agent, new Float64Array(numEnvs * shapes.action).fill(0.5)]),
  )
  const { ask, end } = await bareSocket(bareUrl, shapes, numEnvs)
  const close = async () => {
    end()
    await env.close()
    server.disconnect()
  }
  return { shapes, numEnvs, step: () => env.step(actions), bare: ask, rates: { step: [], bare: [] }, close }
}

async function bareSocket(url: string, { agents, action, dtype }: Shapes, numEnvs: number) {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  const request = Buffer.alloc((dtype === 'float32' ? 4 : 8) * numEnvs * agents * action)
  let answered = () => {}
  socket.on('message', () => answered())
  const ask = () =>
    new Promise<void>((resolve) => {
      answered = resolve
      socket.send(request)
    })
  return { ask, end: () => socket.terminate() }
}

/** Round trips per second, one after the other. */
async function turn(ask: () => Promise<unknown>, seconds: number): Promise<number> {
  const began = performance.now()
  const until = began + 1000 * seconds
  let trips = 0
  let now = began
  while (now < until) {
    await ask()
    trips++
    now = performance.now()
  }
  return (1000 * trips) / (now - began)
}

async function main({ seconds, rounds, out }: Flags): Promise<void> {
  const heap = ballast()
  const cases: Case[] = []
  for (const shapes of CASES) for (const numEnvs of COPIES) cases.push(await open(shapes, numEnvs))
  for (let round = 0; round <= rounds; round++)
    for (const one of cases) {
      const rates = { step: await turn(one.step, seconds), bare: await turn(one.bare, seconds) }
      if (round === 0) continue // the warm-up
      one.rates.step.push(rates.step)
      one.rates.bare.push(rates.bare)
    }
  await Promise.all(cases.map(({ close }) => close()))
  const notes = {
    statistic: `median over ${rounds} turns of ${seconds} s, all cases in turns`,
    environment:
      'computes nothing; server and client are processes of their own on one machine, over the loopback',
    heap: `both processes hold ${heap.length} numbers besides (${BALLAST_MB} MB), as trainers and simulators do`,
    requests: 'one at a time; answers are checked as always',
    target: 'steps/s: 5,000 with one copy, 100,000 with 64',
    sizes: 'observation, state, action; entries of an agent',
    bare: 'as many bytes either way over a WebSocket of the same package, neither written nor read; in turns with the rest',
  }
  record(out, notes, cases.map(rowOf))
}

function rowOf({ shapes, numEnvs, rates }: Case): Row {
  const { name, agents, observation, state, action, dtype } = shapes
  const trips = median(rates.step)
  return {
    shapes: name,
    sizes: `${agents} x ${observation}, ${state}, ${agents} x ${action}`,
    dtype,
    copies: numEnvs,
    roundTripsPerSecond: significant(trips),
    stepsPerSecond: significant(trips * numEnvs),
    'of target': significant((trips * numEnvs) / TARGETS[numEnvs]!),
    slowestTurn: significant(Math.min(...rates.step) * numEnvs),
    fastestTurn: significant(Math.max(...rates.step) * numEnvs),
    'share of bare socket': significant(median(rates.step.map((rate, i) => rate / rates.bare[i]!))),
  }
}

runCommand('bench:bridge', Flags, main)
