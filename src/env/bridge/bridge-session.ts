// A session of the bridge, which is one socket and its environment, on the server: requests are answered one by one, in
// order, whatever comes in. When the socket is gone the environment is closed, after the call that runs.
import type { WebSocket } from 'ws'
import type { FloatDtype } from './arrays.ts'
import { ANSWER, check, Make, PROTOCOL, type RequestType } from './messages.ts'
import type { Fields } from './read-message.ts'
import { idOf, readRequest, typeOf } from './read-request.ts'
import { BridgeRefusal, refusalOf } from './refusal.ts'
import { ServedEnv, type ServedVectorEnv } from './served-env.ts'
import { writeMessage } from './write-message.ts'

export interface MakeOptions {
  numEnvs: number
  /** Seed of the first reset, for simulators that want it at once. */
  seed?: number
  /** Options as the client gave them, unchecked. */
  options: Readonly<Record<string, unknown>>
}

export interface BridgeSessionContext {
  make: (env: string, options: MakeOptions) => Promise<ServedVectorEnv>
  /** Names for `hello`. */
  envs: readonly string[]
  /** How arrays travel. */
  dtype: FloatDtype
  /** Copies that a client may ask for. */
  maxEnvs: number
  /** Hears what is not a client's fault. */
  log: (error: unknown) => void
}

/** Frames that wait; nothing more is read from the socket meanwhile. */
const MOST_WAITING = 4

export class BridgeSession {
  /** Resolves when the socket is gone and the environment closed. */
  readonly ended: Promise<void>

  private readonly socket: WebSocket
  private readonly context: BridgeSessionContext
  private readonly name: string
  private readonly waiting: [data: Buffer, binary: boolean][] = []
  private readonly handlers: Record<RequestType, (request: Fields) => Promise<object>>
  private env: ServedEnv | undefined
  private answering: Promise<void> | undefined

  constructor(socket: WebSocket, name: string, context: BridgeSessionContext) {
    this.socket = socket
    this.name = name
    this.context = context
    this.handlers = {
      make: (request) => this.make(request),
      reset: (request) => this.made().reset(request),
      step: (request) => this.made().step(request),
      render: () => Promise.reject(new BridgeRefusal('unsupported', 'this server draws no pictures')),
      close: () => this.closeEnv().then(() => ({})),
    }
    socket.on('message', (data: Buffer, binary: boolean) => this.receive(data, binary))
    socket.on('error', () => {}) // close follows
    this.ended = new Promise((resolve) => socket.once('close', () => resolve(this.end())))
    void this.send({ type: 'hello', proto: PROTOCOL, server: 'dima', envs: context.envs })
  }

  private receive(data: Buffer, binary: boolean): void {
    this.waiting.push([data, binary])
    if (this.waiting.length >= MOST_WAITING) this.socket.pause()
    this.answering ??= this.answerAll()
  }

  private async answerAll(): Promise<void> {
    for (let next = this.waiting.shift(); next && this.open; next = this.waiting.shift()) {
      await this.answer(...next)
      if (this.waiting.length === 0 && this.socket.isPaused) this.socket.resume()
    }
    this.answering = undefined
  }

  /** Never rejects. */
  private async answer(data: Buffer, binary: boolean): Promise<void> {
    let id: number | undefined
    try {
      const request = readRequest(data, binary)
      id = idOf(request)
      const type = typeOf(request)
      const answer = await this.handlers[type](request)
      await this.send({ type: ANSWER[type], id, ...answer })
      if (type === 'close') this.socket.close(1000)
    } catch (error) {
      const { code, message, fatal } = refusalOf(error, this.context.log)
      await this.send({ type: 'error', re: id, code, message, fatal })
      if (fatal) this.socket.close(1008)
    }
  }

  private async make(request: Fields): Promise<object> {
    if (this.env)
      throw new BridgeRefusal('already_made', 'this session has its environment: open another socket')
    const { env, num_envs: numEnvs, seed, options = {} } = check(Make, request)
    const { make, maxEnvs, dtype } = this.context
    if (numEnvs > maxEnvs)
      throw new BridgeRefusal('invalid_request', `num_envs is ${numEnvs}, this server has ${maxEnvs} at most`)
    const made = await make(env, { numEnvs, options, ...(seed === undefined ? {} : { seed }) })
    this.env = new ServedEnv(made, dtype, seed)
    return this.env.describe(this.name)
  }

  private made(): ServedEnv {
    if (this.env) return this.env
    throw new BridgeRefusal('not_made', 'there is no environment yet: send make first')
  }

  private async closeEnv(): Promise<void> {
    const { env } = this
    this.env = undefined
    await env?.close()
  }

  /** Nobody waits for answers any more. */
  private async end(): Promise<void> {
    this.waiting.length = 0
    await this.answering
    await this.closeEnv().catch(this.context.log)
  }

  /** Resolves when the client has taken it, so that one who never reads never has more than one answer waiting. */
  private async send(message: object): Promise<void> {
    if (this.open)
      await new Promise<void>((resolve) => this.socket.send(writeMessage(message), () => resolve()))
  }

  private get open(): boolean {
    return this.socket.readyState === this.socket.OPEN
  }
}
