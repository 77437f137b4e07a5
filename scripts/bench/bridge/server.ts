// The server's process of bench:bridge: an environment that costs nothing, of the shapes it is told.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { ServedVectorEnv } from '../../../src/env/bridge/served-env.ts'
import { serveBridge } from '../../../src/env/bridge/server.ts'
import type { PerAgent } from '../../../src/env/parallel-env.ts'
import { box } from '../../../src/env/spaces.ts'
import { ballast, type Ready, type Shapes } from './parts.ts'

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
