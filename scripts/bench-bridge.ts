// npm run bench:bridge: what a bridge costs by itself. An environment that computes nothing is served by a process of its
// own over the loopback; one request at a time, so a round trip is what a training loop would wait for.
import { once } from 'node:events'
import Type, { type Static } from 'typebox'
import { runCommand } from '../src/common/command.ts'
import { startProcess } from '../src/common/start-process.ts'
import { BridgeVectorEnv } from '../src/env/bridge/bridge-vector-env.ts'
import { median } from '../src/training/step-errors.ts'
import { BALLAST_MB, ballast, type Shapes } from './bench-bridge-server.ts'
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
  env: BridgeVectorEnv
  actions: Record<string, Float64Array>
  rates: number[]
  close(): Promise<void>
}

async function open(shapes: Shapes, numEnvs: number): Promise<Case> {
  const server = startProcess('./bench-bridge-server', import.meta.url)
  server.send(shapes)
  const [url] = await once(server, 'message')
  const env = await BridgeVectorEnv.connect(url, { numEnvs })
  await env.reset()
  const actions = Object.fromEntries(
    env.possibleAgents.map((agent) => [agent, new Float64Array(numEnvs * shapes.action).fill(0.5)]),
  )
  const close = async () => {
    await env.close()
    server.disconnect()
  }
  return { shapes, env, actions, rates: [], close }
}

/** Round trips per second, one after the other. */
async function turn({ env, actions }: Case, seconds: number): Promise<number> {
  const began = performance.now()
  const until = began + 1000 * seconds
  let trips = 0
  let now = began
  while (now < until) {
    await env.step(actions)
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
      const rate = await turn(one, seconds)
      if (round > 0) one.rates.push(rate) // the first is the warm-up
    }
  await Promise.all(cases.map(({ close }) => close()))
  const notes = {
    statistic: `median over ${rounds} turns of ${seconds} s, all cases in turns`,
    environment:
      'computes nothing; server and client are processes of their own on one machine, over the loopback',
    heap: `both processes hold ${BALLAST_MB} MB of numbers besides, as trainers and simulators do (${heap.length})`,
    requests: 'one at a time; answers are checked as always',
    target: 'steps/s: 5,000 with one copy, 100,000 with 64',
  }
  record(out, notes, cases.map(rowOf))
}

function rowOf({ shapes, env, rates }: Case): Row {
  const { name, agents, observation, state, action, dtype } = shapes
  const trips = median(rates)
  const steps = trips * env.numEnvs
  return {
    shapes: name,
    sizes: `${agents} agents, observation ${observation}, state ${state}, action ${action}`,
    dtype,
    copies: env.numEnvs,
    roundTripsPerSecond: significant(trips),
    stepsPerSecond: significant(steps),
    slowestTurn: significant(Math.min(...rates) * env.numEnvs),
    'of target': significant(steps / TARGETS[env.numEnvs]!),
  }
}

runCommand('bench:bridge', Flags, main)
