// Requests and their replies, matched by id, over as many connections as it takes.
import type { Problem } from '../api/problem.ts'
import type { Metadata, Operation } from '../api/stream.ts'
import { ConnectionError, ProblemError } from './errors.ts'
import { type OpenSocket, openSocket, type SocketOptions } from './socket.ts'

export interface ExchangeOptions extends SocketOptions {
  /** how long a lost connection is tried again, milliseconds; 0: not at all. Default: 30,000 */
  reconnectMs?: number
}

/** Doing these twice is as good as once; of steps so if they are numbered. */
const isRepeatable = (type: Operation, fields: object): boolean =>
  ['get', 'snapshot', 'act', 'rollout', 'plan'].includes(type) ||
  (type === 'step' && 'step_id' in fields) ||
  (type === 'step_many' && 'step_ids' in fields)

/** Answers to what has not been done, or may be done again: another try, here or at another server, does it. */
const TRY_AGAIN = new Set(['session_store', 'session_moved', 'draining'])
/** Of a session: its server may have just started, and be loading the model that the session is bound to. */
const TRY_SESSION_AGAIN = new Set([...TRY_AGAIN, 'not_ready'])

/** Connecting again would end in the same way. */
const FINAL_CODES = new Set([1002, 1003, 1007, 1008, 1009, 1010])
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 3000
/** On a socket that is there: asking once more costs the server less than a step. */
const LONGEST_WAIT_MS = 400

interface Asked {
  type: Operation
  text: string
  sent: boolean
  repeatable: boolean
  /** answers, by code, after which it is asked again */
  passing: ReadonlySet<string>
  /** Date.now() until which it is tried again; 0: it has not been refused */
  until: number
  pause: number
  resolve(reply: unknown): void
  reject(error: Error): void
  onEvent: ((event: unknown) => void) | undefined
}

export interface AskOptions {
  /** cancels the request while it waits */
  signal?: AbortSignal | undefined
  onEvent?: ((event: unknown) => void) | undefined
}

export class Exchange {
  metadata!: Metadata
  private readonly url: string
  private readonly options: ExchangeOptions
  private readonly asked = new Map<number, Asked>() // in the order of asking
  private socket: OpenSocket | undefined
  private ended: ConnectionError | undefined
  private ids = 0

  private constructor(url: string, options: ExchangeOptions) {
    this.url = url
    this.options = options
  }

  /** Throws ConnectionError. */
  static async open(url: string, options: ExchangeOptions): Promise<Exchange> {
    const exchange = new Exchange(url, options)
    await exchange.connect()
    return exchange
  }

  /** Fails with ProblemError, or with ConnectionError when the answer is lost. */
  ask<Reply>(type: Operation, fields: object, { signal, onEvent }: AskOptions = {}): Promise<Reply> {
    if (this.ended) return Promise.reject(this.ended)
    if (signal?.aborted) return Promise.reject(signal.reason)
    const id = ++this.ids
    const text = JSON.stringify({ ...fields, type, id })
    const limit = this.metadata.limits.frame_bytes
    if (text.length > limit)
      return Promise.reject(new RangeError(`the message is larger than ${limit} bytes, the server's limit`))
    const cancel = () => void this.cancel(id, signal!.reason)
    signal?.addEventListener('abort', cancel)
    const reply = new Promise<Reply>((resolve, reject) => {
      const asked = {
        type,
        text,
        sent: false,
        repeatable: isRepeatable(type, fields),
        passing: 'session_id' in fields ? TRY_SESSION_AGAIN : TRY_AGAIN,
        until: 0,
        pause: FIRST_PAUSE_MS,
        resolve: resolve as Asked['resolve'],
        reject,
        onEvent,
      }
      this.asked.set(id, asked)
      this.send(asked)
    })
    return signal ? reply.finally(() => signal.removeEventListener('abort', cancel)) : reply
  }

  close(): void {
    this.end(new ConnectionError('the stream was closed', 1000))
    this.socket?.close()
  }

  private async connect(): Promise<void> {
    const socket = await openSocket(this.url, this.options, {
      message: (message) => this.receive(message),
      closed: (code) => this.lost(code),
    })
    if (this.ended) return socket.close()
    this.socket = socket
    this.metadata = socket.metadata
    for (const asked of this.asked.values()) this.send(asked)
  }

  private send(asked: Asked): void {
    if (!this.socket) return // connect sends it
    asked.sent = true
    this.socket.send(asked.text)
  }

  private receive({ type, id, ...fields }: { type: string; id?: unknown }): void {
    const asked = this.asked.get(id as number)
    if (!asked) return
    if (type === 'error' && this.tryAgain(asked, (fields as { problem: Problem }).problem)) return
    if (type !== 'event') this.asked.delete(id as number)
    if (type === 'event') asked.onEvent?.((fields as { event: unknown }).event)
    else if (type === 'reply') asked.resolve(fields)
    else asked.reject(new ProblemError((fields as { problem: Problem }).problem))
  }

  /** Whether it will be sent once more. If the socket is lost meanwhile, connecting again sends it. */
  private tryAgain(asked: Asked, { code }: Problem): boolean {
    const { reconnectMs = 30_000 } = this.options
    if (!asked.repeatable || !asked.passing.has(code)) return false
    asked.until ||= Date.now() + reconnectMs
    if (Date.now() > asked.until) return false
    const { socket } = this
    const again = () => {
      if (this.socket === socket && !this.ended) this.send(asked)
    }
    setTimeout(again, asked.pause * (0.5 + Math.random() / 2))
    asked.pause = Math.min(2 * asked.pause, LONGEST_WAIT_MS)
    return true
  }

  /** The server answers what it cancels; what it has not got yet is ours. */
  private cancel(id: number, reason: Error): void {
    const asked = this.asked.get(id)
    if (!asked) return
    if (this.socket && asked.sent) {
      this.ask('cancel', { request_id: id }).catch(() => {})
    } else {
      this.asked.delete(id)
      asked.reject(reason)
    }
  }

  private lost(code: number): void {
    this.socket = undefined
    const { reconnectMs = 30_000 } = this.options
    if (FINAL_CODES.has(code) || reconnectMs === 0)
      this.end(new ConnectionError('the connection was lost', code))
    if (this.ended) return
    for (const [id, { type, sent, repeatable, reject }] of this.asked) {
      if (!sent || repeatable) continue
      this.asked.delete(id)
      reject(new ConnectionError(`the connection was lost; whether ${type} was done is not known`, code))
    }
    void this.reconnect(Date.now() + reconnectMs)
  }

  /** With pauses that double, and differ between clients that were cut off together. */
  private async reconnect(until: number): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.ended; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)))
      if (this.ended) return
      try {
        return await this.connect()
      } catch (error) {
        if (Date.now() > until) this.end(error as ConnectionError)
      }
    }
  }

  private end(error: ConnectionError): void {
    if (this.ended) return
    this.ended = error
    for (const asked of this.asked.values()) asked.reject(error)
    this.asked.clear()
  }
}
