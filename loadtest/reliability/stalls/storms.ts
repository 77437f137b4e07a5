// Clients that send as much as they can. Each storm resolves when it is over; what it leaves open it gives back.
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import type { Format } from '../../../src/server/wire/decode.ts'
import { openSocket } from '../door.ts'
import { goodUpgrade } from '../fuzz/raw.ts'
import { COSTLY, type Costly } from './bodies.ts'

const MIB = 1024 * 1024

export interface Storm {
  name: string
  /** Returns what is left open. */
  run(url: string): Promise<Socket[]>
}

/** The server's limits, less a little. */
const BODY_BYTES = 16 * MIB - 64 * 1024
const FRAME_BYTES = 4 * MIB - 64 * 1024
const TIMES = 3
const HELD_MS = 2000

export const STORMS: Storm[] = [
  ...COSTLY.map(bodies),
  ...COSTLY.map(frames),
  { name: '20,000 frames in one write', run: tinyFrames },
  { name: '100,000 pings in one write', run: pings },
  { name: '2.9 MB of pipelined requests to an open route', run: (url) => pipelined(url, 2.9e6, true) },
  { name: '1.3 MB of pipelined requests, unread', run: (url) => pipelined(url, 1.3e6, false) },
  { name: '40 half bodies of 15 MiB', run: halfBodies },
]

function bodies({ name, format, make }: Costly): Storm {
  const run = async (url: string) => {
    const bytes = make(BODY_BYTES)
    const began = performance.now()
    for (let i = 0; i < TIMES || performance.now() - began < HELD_MS; i++) await post(url, format, bytes)
    return []
  }
  return { name: `body of 16 MB: ${name}`, run }
}

/** Refusals may come while the body is still being sent, and end its connection. */
async function post(url: string, format: Format, bytes: Buffer): Promise<void> {
  const headers = { 'content-type': `application/${format}`, 'content-length': bytes.length }
  const agent = new Agent()
  const asked = request(`${url}/v1/rollout`, { method: 'POST', headers, agent })
  asked.end(bytes)
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  for await (const _ of response);
  agent.destroy()
  if (response.statusCode !== 400) throw new Error(`a costly body was answered with ${response.statusCode}`)
}

function frames({ name, format, make }: Costly): Storm {
  const run = async (url: string) => {
    const bytes = make(FRAME_BYTES)
    const socket = await openSocket({ url })
    let answers = 0
    socket.on('message', (data: Buffer) => {
      if (data.toString('latin1').includes('urn:dima:error')) answers++ // the metadata may have come before
    })
    const closed = once(socket, 'close')
    for (let i = 0; i < TIMES; i++) socket.send(bytes, { binary: format === 'msgpack' })
    while (answers < TIMES && socket.readyState === socket.OPEN) await after(10)
    await after(HELD_MS / 2)
    socket.close()
    await closed
    if (answers < TIMES) throw new Error(`${answers} of ${TIMES} costly frames were answered`)
    return []
  }
  return { name: `frames of 4 MB: ${name}`, run }
}

async function upgraded(url: string): Promise<Socket> {
  const socket = open(url)
  socket.write(goodUpgrade(''))
  await once(socket, 'data')
  return socket
}

function open(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname).on('error', () => {})
}

async function tinyFrames(url: string): Promise<Socket[]> {
  const socket = await upgraded(url)
  let answers = ''
  socket.on('data', (data) => (answers = (answers + data.toString('latin1')).slice(-1000)))
  const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x7b, 0x7d]) // {}
  const last = Buffer.concat([Buffer.from([0x81, 0x80 | 19, 0, 0, 0, 0]), Buffer.from('{"type":"x","id":9}')])
  socket.write(Buffer.concat([...Array.from({ length: 20_000 }, () => frame), last]))
  while (!answers.includes('"id":9')) await after(10)
  socket.destroy()
  return []
}

async function pings(url: string): Promise<Socket[]> {
  const socket = await upgraded(url)
  socket.resume()
  const ping = Buffer.from([0x89, 0x80, 0, 0, 0, 0])
  socket.write(Buffer.concat(Array.from({ length: 100_000 }, () => ping)))
  await after(HELD_MS)
  socket.destroy()
  return []
}

/** Again and again, because such a connection is soon closed. */
async function pipelined(url: string, bytes: number, read: boolean): Promise<Socket[]> {
  const one = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
  const sockets: Socket[] = []
  for (const began = performance.now(); performance.now() - began < HELD_MS; ) {
    const socket = open(url)
    if (read) socket.resume()
    else socket.pause()
    socket.write(one.repeat(bytes / one.length))
    sockets.push(socket)
    await Promise.race([new Promise((resolve) => socket.once('close', resolve)), after(HELD_MS)])
  }
  return sockets
}

async function halfBodies(url: string): Promise<Socket[]> {
  const half = Buffer.alloc(15 * MIB, ' ')
  const head =
    'POST /v1/rollout HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
    `Content-Length: ${16 * MIB}\r\n\r\n`
  const sockets = Array.from({ length: 40 }, () => open(url))
  for (const socket of sockets) {
    socket.resume()
    socket.write(head)
    socket.write(half)
  }
  await after(2 * HELD_MS)
  return sockets
}
