// The server's process of bench:bridge: an environment that costs nothing, of the shapes it is told.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { ServedVectorEnv } from '../src/env/bridge/served-env.ts'
import { serveBridge } from '../src/env/bridge/server.ts'
import type { PerAgent } from '../src/env/parallel-env.ts'
import { box } from '../src/env/spaces.ts'

export interface Shapes {
  readonly name: string
  readonly agents: number
  readonly observation: number
  readonly state: number
  readonly action: number
  readonly dtype: 'float32' | 'float64'
}

/**
 * A heap as a trainer or a simulator has it, in megabytes of numbers. In a process that holds 12 MB alone V8 takes the
 * memory of messages as a reason to mark its whole heap anew after every eighth large one, several milliseconds each.
 */
export const BALLAST_MB = 64
export const ballast = (): readonly number[] =>
  Array.from({ length: BALLAST_MB * 2 ** 17 }, (_, i) => i + 0.5)

const names = (entry: string, size: number) => Array.from({ length: size }, (_, i) => `${entry}_${i}`)
const units = (size: number) => Array.from({ length: size }, () => '1')
const unbounded = (entry: string, size: number) =>
  box(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, names(entry, size), units(size))

/** The same numbers at every step; episodes never end. */
function stub({ name, agents, observation, state, action }: Shapes, numEnvs: number): ServedVectorEnv {
  const possibleAgents = names('agent', agents)
  const noise = (size: number) => Float64Array.from({ length: size }, Math.random)
  const each = (value: () => Float64Array): PerAgent<Float64Array> =>
    Object.fromEntries(possibleAgents.map((agent) => [agent, value()]))
  const observationSpace = unbounded('obs', observation)
  const actionSpace = box(-1, 1, names('action', action), units(action))
  const stateSpace = unbounded('state', state)
  const step = {
    observations: each(() => noise(numEnvs * observation)),
    states: noise(numEnvs * state),
    rewards: each(() => noise(numEnvs)),
    terminations: new Uint8Array(numEnvs),
    truncations: new Uint8Array(numEnvs),
  }
  return {
    numEnvs,
    possibleAgents,
    stateSpace,
    autoreset: 'next_step',
    subsetReset: true,
    spec: {
      name,
      agents: [],
      actionLow: -1,
      actionHigh: 1,
      actionUnit: '1',
      stateNames: [],
      stateUnits: [],
      episodeLimit: 0,
      stepSeconds: 0,
      reward: 'noise',
    },
    observationSpace: () => observationSpace,
    actionSpace: () => actionSpace,
    reset: () => Promise.resolve(step),
    step: () => Promise.resolve(step),
    close: () => Promise.resolve(),
  }
}

/** What remains without a protocol: each message is answered with as many bytes as a step of `numEnvs` copies has. */
async function bareSocket({ agents, observation, state, dtype }: Shapes, numEnvs: number): Promise<string> {
  const width = dtype === 'float32' ? 4 : 8
  const answer = Buffer.alloc(numEnvs * (width * (agents * (observation + 1) + state) + 2))
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  server.on('connection', (socket) => socket.on('message', () => socket.send(answer)))
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export interface Ready {
  readonly url: string
  readonly bareUrl: string
}

process.once('message', async ({ shapes, numEnvs }: { shapes: Shapes; numEnvs: number }) => {
  const heap = ballast()
  process.once('disconnect', () => process.exit(heap.length > 0 ? 0 : 1))
  const { url } = await serveBridge({
    make: (_, { numEnvs }) => Promise.resolve(stub(shapes, numEnvs)),
    envs: [shapes.name],
    dtype: shapes.dtype,
  })
  process.send!({ url, bareUrl: await bareSocket(shapes, numEnvs) } satisfies Ready)
})
