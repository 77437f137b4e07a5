// The client's end of the socket: requests go out in order, their answers come back in the same order. Whatever goes
// wrong ends the connection for good: the episodes of the other side are lost with it, so nothing connects again.
import { WebSocket } from 'ws'
import { DimaError } from '../../common/errors.ts'
import { frameError, headersOf, lostError, placeOf, refusedError } from './connection-errors.ts'
import { MOST_BYTES } from './limits.ts'
import { ANSWER, check, Hello, Refusal, type RequestType } from './messages.ts'
import { protocolError } from './protocol-error.ts'
import { type Fields, readMessage } from './read-message.ts'
import { writeMessage } from './write-message.ts'

export interface ConnectionOptions {
  token?: string | undefined
  /** Silence while an answer is due, after which the other side counts as lost. */
  timeoutMs: number
}

/** A message that is due. */
interface Due {
  readonly what: RequestType | 'hello'
  readonly id: number | undefined
  readonly read: (message: Fields) => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/** How long a goodbye may take. */
const GOODBYE_MS = 2000

export class BridgeConnection {
  /** Resolves when the other side has introduced itself. */
  readonly hello: Promise<Hello>

  /** The url without what may be secret in it. */
  private readonly place: string
  private readonly socket: WebSocket
  private readonly due: Due[] = []
  private readonly silence: NodeJS.Timeout
  private failure: unknown
  private lastId = 0

  /** Throws DimaError `invalid_config` if the url is none, or the token can't be sent. */
  constructor(url: string, { token, timeoutMs }: ConnectionOptions) {
    this.place = placeOf(url)
    this.socket = new WebSocket(url, {
      headers: headersOf(token),
      maxPayload: MOST_BYTES,
      perMessageDeflate: false,
    })
    this.socket.on('message', (data: Buffer, binary: boolean) => this.receive(data, binary))
    this.socket.on('error', (error: Error & { code?: string }) => this.broken(error))
    this.socket.on('close', (code, reason) => this.lost(`the connection was closed, ${code} ${reason}`))
    this.silence = setTimeout(() => {
      if (this.due.length > 0) this.lost(`there was no answer for ${timeoutMs} ms`)
    }, timeoutMs).unref()
    this.hello = this.expect('hello', undefined, (message) => check(Hello, message))
  }

  /** Throws what ended the connection, if it has ended. */
  assertAlive(): void {
    if (this.failure) throw this.failure
  }

  /**
   * What `read` makes of the answer; what it throws ends the connection.
   * DimaError `bridge_lost`, `bridge_protocol`, `bridge_refused`, `no_episode`.
   */
  request<T>(type: RequestType, fields: object, read: (answer: Fields) => T): Promise<T> {
    if (this.failure) return Promise.reject(this.failure)
    this.lastId = (this.lastId + 1) >>> 0
    this.socket.send(writeMessage({ type, id: this.lastId, ...fields }))
    return this.expect(type, this.lastId, read)
  }

  /** Says goodbye where the other side still listens. Never rejects. */
  async close(): Promise<void> {
    const goodbye = setTimeout(() => this.socket.terminate(), GOODBYE_MS)
    await this.request('close', {}, () => {}).catch(() => {})
    if (this.socket.readyState !== WebSocket.CLOSED)
      await new Promise((resolve) => {
        this.socket.once('close', resolve)
        this.socket.close(1000)
      })
    clearTimeout(goodbye)
  }

  private expect<T>(what: Due['what'], id: number | undefined, read: (message: Fields) => T): Promise<T> {
    this.silence.refresh()
    return new Promise<T>((resolve, reject) => this.due.push({ what, id, read, resolve, reject }))
  }

  private receive(data: Buffer, binary: boolean): void {
    try {
      if (!binary) throw protocolError('frame', 'is wrong', 'binary', 'text')
      const message = readMessage(data)
      if (message.type === 'error') this.refused(check(Refusal, message))
      else this.accept(message)
    } catch (error) {
      this.fail(this.inContext(error))
    }
  }

  private accept(message: Fields): void {
    const next = this.due[0]
    if (!next) throw protocolError('type', 'was not asked for', 'nothing', message.type)
    const type = next.what === 'hello' ? 'hello' : ANSWER[next.what]
    if (message.type !== type) throw protocolError('type', 'is wrong', type, message.type)
    if (message.id !== next.id) throw protocolError('id', 'is wrong', next.id, message.id)
    const value = next.read(message)
    this.due.shift()
    this.silence.refresh()
    next.resolve(value as never)
  }

  private refused({ re, code, message, fatal }: Refusal): void {
    const next = this.due[0]
    if (re !== undefined && re !== next?.id) throw protocolError('re', 'is wrong', next?.id ?? 'nothing', re)
    const error = refusedError(this.place, next?.what, code, message)
    // Without an id it is not one request that is wrong.
    if (fatal || re === undefined) this.fail(error)
    else this.due.shift()!.reject(error)
  }

  private broken(error: Error & { code?: string }): void {
    const { code = '', message } = error
    if (code.startsWith('WS_ERR_')) this.fail(this.inContext(frameError(code)))
    else this.lost(message || code)
  }

  private lost(why: string): void {
    this.fail(lostError(this.place, this.due[0]?.what, why))
  }

  private fail(error: unknown): void {
    if (this.failure) return
    this.failure = error
    clearTimeout(this.silence)
    for (const { reject } of this.due.splice(0)) reject(error)
    this.socket.terminate()
  }

  private inContext(error: unknown): unknown {
    if (!(error instanceof DimaError)) return error
    const context = this.due[0] ? `the answer to ${this.due[0].what}` : 'a message'
    return new DimaError(error.code, `${this.place}, ${context}: ${error.message}`, error.details)
  }
}
