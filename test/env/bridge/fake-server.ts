// A server that answers as it is told: well unless a test spoils it.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Dtype, wireArray } from '../../../src/env/bridge/arrays.ts'
import { type Fields, readMessage } from '../../../src/env/bridge/read-message.ts'
import { writeMessage } from '../../../src/env/bridge/write-message.ts'

// biome-ignore lint/suspicious/noExplicitAny: messages of every kind, to be spoilt anywhere
export type Message = Record<string, any>

const TYPES = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<i4': Int32Array,
  '<u4': Uint32Array,
  '|u1': Uint8Array,
}

/** An array in a message; zeros unless given. */
export function array(nd: Dtype, shape: number[], values?: number[]) {
  const size = shape.reduce((product, n) => product * n, 1)
  return wireArray(nd, shape, new TYPES[nd](values ?? new Array(size).fill(0)))
}

const space = (size: number, change: Message = {}) => ({
  shape: [size],
  dtype: 'float32',
  low: -1,
  high: 1,
  ...change,
})

/** Two agents of unequal size, a state, two copies. */
export const made = (): Message => ({
  type: 'made',
  session: 's',
  env: 'Fake',
  num_envs: 2,
  possible_agents: ['a', 'b'],
  obs_spaces: { a: space(2), b: space(3, { dtype: 'float64' }) },
  act_spaces: { a: space(1), b: space(2, { dtype: 'float64' }) },
  state_space: space(4),
  reward: 'per_agent',
  max_steps: 10,
  autoreset: 'disabled',
  subset_reset: true,
  deterministic: true,
  dt: 0.5,
})

const views = (rows: number): Message => ({
  obs: { a: array('<f4', [rows, 2]), b: array('<f8', [rows, 3]) },
  state: array('<f4', [rows, 4]),
})

const GOOD: Record<string, () => Message> = {
  make: made,
  reset: () => ({ type: 'reset_ok', ...views(2) }),
  step: () => ({
    type: 'step_ok',
    ...views(2),
    reward: { a: array('<f4', [2]), b: array('<f8', [2]) },
    terminated: array('|u1', [2]),
    truncated: array('|u1', [2]),
  }),
  close: () => ({ type: 'closed' }),
}

/** Last observations of the copies that ended. */
export const final = (...copies: number[]): Message => ({
  index: array('<i4', [copies.length], copies),
  ...views(copies.length),
})

/** @returns what is sent: a message, bytes as they are, a text frame, or nothing at all */
export type Answer = (
  good: Message,
  request: Fields,
  socket: WebSocket,
) => Message | Buffer | string | undefined

export interface FakeServer {
  url: string
  /** How the sockets that were opened were closed. */
  closed: Promise<number>
  requests: Fields[]
}

export async function fakeServer(answer: Answer = (good) => good, hello?: Answer): Promise<FakeServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  const requests: Fields[] = []
  let noteClosed!: (code: number) => void
  const closed = new Promise<number>((resolve) => {
    noteClosed = resolve
  })
  server.on('connection', (socket) => {
    const send = (message: ReturnType<Answer>) => {
      if (message !== undefined)
        socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : writeMessage(message))
    }
    socket.on('close', noteClosed)
    socket.on('message', (data: Buffer) => {
      const request = readMessage(data)
      requests.push(request)
      send(answer({ id: request.id, ...GOOD[request.type as string]!() }, request, socket))
    })
    const greeting = { type: 'hello', proto: 'marl-env/1', server: 'fake', envs: ['Fake', 'Other'] }
    send(hello ? hello(greeting, {}, socket) : greeting)
  })
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, closed, requests }
}

/** Spoils the answers to one type of request, leaves the others. */
export const spoil =
  (type: string, change: (good: Message) => ReturnType<Answer> | undefined, declare: Message = {}): Answer =>
  (good, request) => {
    if (request.type === 'make') Object.assign(good, declare)
    return request.type === type ? change(good) : good
  }
