// Sends cases and collects what comes back.
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import type WebSocket from 'ws'
import { type Address, openSocket } from '../door.ts'
import type { FrameCase, RawCase } from './cases.ts'
import type { HttpCase } from './http-case.ts'
import { responsesIn } from './http-parser.ts'
import { goodUpgrade } from './raw.ts'

export type Answer =
  | { kind: 'http'; status: number; headers: Record<string, string>; body: Buffer }
  | { kind: 'frame'; data: Buffer; binary: boolean }
  /** the connection was closed; the code is a socket's */
  | { kind: 'closed'; code: number | undefined }
  /** nothing came for a long time */
  | { kind: 'silent' }
  /** Node's own client refuses to send it */
  | { kind: 'unsendable' }

const PATIENCE_MS = 15_000

export interface HttpSender {
  send(one: HttpCase): Promise<Answer>
  close(): void
}

export function httpSender(url: string): HttpSender {
  const agent = new Agent({ keepAlive: true })
  const { hostname, port } = new URL(url)
  return {
    close: () => agent.destroy(),
    send: ({ method, path, headers, body }) =>
      new Promise((resolve) => {
        const framing = body ? { 'content-length': body.length } : {}
        try {
          const asked = request({ agent, hostname, port, method, path, headers: { ...headers, ...framing } })
          asked.setTimeout(PATIENCE_MS, () => {
            resolve({ kind: 'silent' })
            asked.destroy()
          })
          asked.on('error', () => resolve({ kind: 'closed', code: undefined }))
          asked.on('upgrade', (response, socket) => {
            socket.destroy()
            resolve(answerOf(response, Buffer.alloc(0)))
          })
          asked.on('response', async (response) => resolve(answerOf(response, await bodyOf(response))))
          asked.end(body)
        } catch {
          resolve({ kind: 'unsendable' })
        }
      }),
  }
}

const answerOf = ({ statusCode = 0, headers }: IncomingMessage, body: Buffer): Answer => ({
  kind: 'http',
  status: statusCode,
  headers: headers as Record<string, string>,
  body,
})

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk)
  } catch {
    // broken off: what came is looked at
  }
  return Buffer.concat(chunks)
}

/** One socket after the other: some frames close theirs. */
export class FrameSender {
  private readonly address: Address
  private readonly unasked: (answer: Answer) => void
  private socket: WebSocket | undefined
  private events: Answer[] = []
  private waiting: ((answer: Answer) => void) | undefined

  /** @param unasked is told of what answers nothing */
  constructor(address: Address, unasked: (answer: Answer) => void) {
    this.address = address
    this.unasked = unasked
  }

  /** Events, and last the reply or the error, or the end of the socket. */
  async send({ data, binary }: FrameCase): Promise<Answer[]> {
    const socket = await this.open()
    this.events = []
    const last = await new Promise<Answer>((resolve) => {
      const impatience = setTimeout(() => this.settle({ kind: 'silent' }), PATIENCE_MS)
      this.waiting = (answer) => {
        clearTimeout(impatience)
        resolve(answer)
      }
      socket.send(data, { binary })
    })
    return [...this.events, last]
  }

  close(): void {
    this.socket?.terminate()
  }

  private async open(): Promise<WebSocket> {
    if (this.socket?.readyState === 1) return this.socket
    const socket = await openSocket(this.address)
    socket.on('message', (data: Buffer, binary: boolean) => this.receive({ kind: 'frame', data, binary }))
    socket.on('close', (code) => this.settle({ kind: 'closed', code }))
    this.socket = socket
    return socket
  }

  private receive(answer: Extract<Answer, { kind: 'frame' }>): void {
    const type = typeOf(answer.data)
    if (type === 'event' && this.waiting) this.events.push(answer)
    else if (type === 'metadata') this.unasked(answer)
    else this.settle(answer)
  }

  private settle(answer: Answer): void {
    const { waiting } = this
    this.waiting = undefined
    if (waiting) waiting(answer)
    else if (answer.kind === 'frame') this.unasked(answer)
  }
}

/** Its first field, in either encoding; a whole event would have to be read otherwise. */
const typeOf = (data: Buffer): string | undefined =>
  /^.{1,13}(metadata|event)/s.exec(data.subarray(0, 30).toString('latin1'))?.[1]

/** All responses, and `closed` where there is none. After an upgrade only the end is waited for. */
export async function sendRaw({ url, key = '' }: Address, { upgraded, parts }: RawCase): Promise<Answer[]> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  if (upgraded) socket.write(goodUpgrade(key))
  for (const part of parts) socket.write(part)
  socket.end()
  const impatience = setTimeout(() => socket.destroy(), PATIENCE_MS)
  const began = performance.now()
  await closed
  clearTimeout(impatience)
  const silent = performance.now() - began >= PATIENCE_MS
  const answers: Answer[] = responsesIn(Buffer.concat(chunks)).map((one) => ({ kind: 'http', ...one }))
  if (silent) return [...answers, { kind: 'silent' }]
  return answers.length > 0 ? answers : [{ kind: 'closed', code: undefined }]
}
