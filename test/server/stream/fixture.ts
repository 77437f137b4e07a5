// A listening server with nothing but the socket, operations that tests choose, and clients for it.
import { connect as connectTcp, type Socket } from 'node:net'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import { Packr, Unpackr } from 'msgpackr'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { OPERATION_NAMES } from '../../../src/api/stream.ts'
import { openSessions } from '../../../src/inference/live/sessions.ts'
import { Repository } from '../../../src/registry/repository.ts'
import { anonymous, type Identity } from '../../../src/server/auth/scopes.ts'
import { staticCatalog } from '../../../src/server/catalog.ts'
import type { ServerContext } from '../../../src/server/context.ts'
import type { Draining } from '../../../src/server/draining.ts'
import type { Metrics } from '../../../src/server/metrics/metrics.ts'
import type { Operation } from '../../../src/server/operations/operation.ts'
import { drain } from '../../../src/server/plugins/draining.ts'
import { problem } from '../../../src/server/plugins/problem.ts'
import { Slots } from '../../../src/server/slots.ts'
import type { OperationTable, StreamConfig, StreamContext } from '../../../src/server/stream/context.ts'
import { Crowds } from '../../../src/server/stream/crowds.ts'
import { refuseUpgrades, streamRoute } from '../../../src/server/stream/stream.ts'
import { Turns } from '../../../src/server/turns.ts'
import { Decoder } from '../../../src/server/wire/decoder.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { S } from '../../registry/fixture.ts'
import { bundleOf, fakeRunner } from '../fixture.ts'

export const CONFIG: StreamConfig = {
  FRAME_LIMIT_BYTES: 64 * 1024,
  MAX_SOCKETS: 1000,
  MAX_SOCKETS_PER_KEY: 8,
  MAX_PIPELINE: 64,
  SEND_BUFFER_BYTES: 1024 * 1024,
  SLOW_CLIENT_MS: 10_000,
  PING_SECONDS: 0,
  MAX_SESSIONS_PER_KEY: 100,
  MAX_PENDING_STEPS: 8,
  IDLE_TIMEOUT_SECONDS: 60,
}

export interface Counted {
  open: number
  closed: string[]
  messages: [op: string, outcome: string][]
}

export interface TestServer {
  url: string
  port: number
  counted: Counted
  logged: string[]
  close(): Promise<void>
}

export type Changes = {
  caller?: Identity
  operations?: Partial<OperationTable>
  config?: Partial<StreamConfig>
  drainSeconds?: number
} & Partial<Pick<StreamContext, 'charge' | 'decoder' | 'crowds'>>

/** Tells its fields back. */
const echo: Operation = async (_, fields) => ({ echo: fields })

export async function startServer({
  caller = anonymous(true),
  operations,
  config,
  charge = () => {},
  drainSeconds = 10,
  decoder = new Decoder(),
  crowds = new Crowds(),
}: Changes = {}): Promise<TestServer> {
  const logged: string[] = []
  const logger = pino({ level: 'debug' }, { write: (line) => void logged.push(line) }) as FastifyBaseLogger
  const app = Fastify({ loggerInstance: logger, return503OnClosing: false, pluginTimeout: 0 })
  const counted: Counted = { open: 0, closed: [], messages: [] }
  app.addHook('onClose', () => decoder.close())
  refuseUpgrades(app)
  problem(app)
  app.addHook('onRequest', async (request) => {
    request.caller = caller
  })
  const draining = drain(app, drainSeconds)
  await streamRoute(app, {
    context: fakeContext(counted, draining),
    operations: { ...everyOperation(echo), ...operations },
    config: { ...CONFIG, ...config },
    charge,
    decoder,
    turns: new Turns(),
    crowds,
  })
  app.get('/elsewhere', async () => 'plain')
  await app.listen({ host: '127.0.0.1', port: 0 })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= app.close())
  onTestFinished(close)
  const { port } = app.server.address() as { port: number }
  return { url: `ws://127.0.0.1:${port}/v1/stream`, port, counted, logged, close }
}

const everyOperation = (operation: Operation): OperationTable =>
  Object.fromEntries(OPERATION_NAMES.map((name) => [name, operation])) as OperationTable

/** Real sessions on a runner without an engine. */
function fakeContext(counted: Counted, draining: Draining): ServerContext {
  const starts = [{ states: new Float64Array(S), actions: new Float32Array() }]
  const catalog = staticCatalog(new Repository([bundleOf()]), KINDS)
  const sessions = openSessions(fakeRunner, KINDS, {
    capacity: 1000,
    capacityPerOwner: 1000,
    idleTimeoutMs: 60_000,
    pendingPerSession: 64,
  })
  onTestFinished(() => sessions.closeAll())
  return {
    catalog: { ...catalog, model: (reference) => ({ ...catalog.model(reference), starts }) },
    runner: fakeRunner,
    sessions,
    metrics: metricsInto(counted),
    device: 'cpu',
    limits: { batch: 8, streamHorizon: 100, outOfRange: 'clip' },
    streams: new Slots(100, 100),
    draining,
  }
}

/** Only what concerns sockets is remembered. */
function metricsInto(counted: Counted): Metrics {
  const remembered: Partial<Metrics> = {
    socketOpened: () => void counted.open++,
    socketClosed: (reason) => {
      counted.open--
      counted.closed.push(reason)
    },
    message: (op, outcome) => void counted.messages.push([op, outcome]),
  }
  return new Proxy(remembered, { get: (known, name: keyof Metrics) => known[name] ?? (() => {}) }) as Metrics
}

// biome-ignore lint/suspicious/noExplicitAny: whatever comes, tests look into it
type Answer = any

export interface Client {
  socket: WebSocket
  /** frames in the order of their arrival */
  next(): Promise<Answer>
  /** As JSON text; a string or bytes go as they are. */
  send(message: unknown): void
  /** As msgpack. */
  sendBinary(message: unknown): void
  closed: Promise<number>
  /** of the frame that came last */
  wasBinary: boolean
}

const packr = new Packr({ useRecords: false })
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true })

/** Connects; the metadata frame is the first that next() gives. */
export async function connect(
  { url }: { url: string },
  protocols: string[] = [],
  options: WebSocket.ClientOptions = {},
): Promise<Client> {
  const socket = new WebSocket(url, protocols, options)
  const frames: { value: unknown; binary: boolean }[] = []
  let arrived = () => {}
  socket.on('message', (data: Buffer, binary) => {
    frames.push({ value: binary ? unpackr.unpack(data) : JSON.parse(data.toString()), binary })
    arrived()
  })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  onTestFinished(() => socket.terminate())
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  const client: Client = {
    socket,
    closed,
    wasBinary: false,
    async next() {
      while (frames.length === 0) await new Promise<void>((resolve) => (arrived = resolve))
      const { value, binary } = frames.shift()!
      client.wasBinary = binary
      return value
    },
    send: (message) => socket.send(raw(message) ?? JSON.stringify(message)),
    sendBinary: (message) => socket.send(packr.pack(message)),
  }
  return client
}

const raw = (message: unknown): string | Buffer | undefined =>
  typeof message === 'string' || message instanceof Buffer ? message : undefined

/** Past the metadata. */
export async function connected(server: { url: string }, protocols: string[] = []): Promise<Client> {
  const client = await connect(server, protocols)
  await client.next()
  return client
}

/** What a server answers that does not upgrade. */
export function refused(
  url: string,
  options: WebSocket.ClientOptions = {},
): Promise<{ status: number; body: Answer }> {
  const socket = new WebSocket(url, options)
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('it was upgraded')))
    socket.on('unexpected-response', async (_, response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
    })
  })
}

/** A client below the protocol: it upgrades and then does only what it is told to. */
export async function connectRaw(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(
    'GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await new Promise((resolve) => socket.once('data', resolve))
  return socket
}

/** A promise that tests resolve. */
export function gate<T = void>(): { opened: Promise<T>; open: (value: T) => void } {
  let open!: (value: T) => void
  const opened = new Promise<T>((resolve) => (open = resolve))
  return { opened, open }
}

/** Resolves when `met` is true; the test's time-out is the limit. */
export async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 5))
}
