// The client's process of bench:bridge: one environment in a process that has no other, as a trainer would have it.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { startProcess } from '../../../src/common/start-process.ts'
import { BridgeVectorEnv } from '../../../src/env/bridge/bridge-vector-env.ts'
import { ballast, type Ready, type Shapes } from './parts.ts'

export interface Case {
  readonly shapes: Shapes
  readonly numEnvs: number
  /** Whether every answer has arrays of its own. */
  readonly copy: boolean
}

export interface Task extends Case {
  readonly seconds: number
  readonly rounds: number
}

/** Round trips per second of each turn. */
export interface Rates {
  readonly step: number[]
  /** As many bytes either way, and nothing else. */
  readonly bare: number[]
}

type Ask = () => Promise<unknown>

async function measure({ shapes, numEnvs, copy, seconds, rounds }: Task): Promise<Rates> {
  const server = startProcess('./server', import.meta.url)
  server.send({ shapes, numEnvs })
  const [{ url, bareUrl }] = (await once(server, 'message')) as [Ready]
  const env = await BridgeVectorEnv.connect(url, { numEnvs, copy })
  await env.reset()
  const actions = Object.fromEntries(
    env.possibleAgents.map((agent) => [agent, new Float64Array(numEnvs * shapes.action).fill(0.5)]),
  )
  const bare = await bareSocket(bareUrl, shapes, numEnvs)
  const rates: Rates = { step: [], bare: [] }
  for (let round = 0; round <= rounds; round++) {
    const turns = [await turn(() => env.step(actions), seconds), await turn(bare.ask, seconds)] as const
    if (round === 0) continue // the warm-up
    rates.step.push(turns[0])
    rates.bare.push(turns[1])
  }
  bare.end()
  await env.close()
  server.disconnect()
  return rates
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
async function turn(ask: Ask, seconds: number): Promise<number> {
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

process.once('message', async (task: Task) => {
  const heap = ballast()
  process.send!(await measure(task))
  process.exit(heap.length > 0 ? 0 : 1)
})
