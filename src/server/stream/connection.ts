// One socket: reads messages in turns with other sockets, and starts what they ask for (requests.ts). Reading stops while too much is unanswered, or unread by the client; nothing is dropped.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { DimaError } from '../../common/errors.ts'
import type { Identity } from '../auth/scopes.ts'
import type { Busy } from '../turns.ts'
import type { CloseReason, Opened, StreamContext } from './context.ts'
import { encodeFrame } from './frame.ts'
import { headOf } from './head.ts'
import { isId, type Message, messageOf, refusedMessage } from './message.ts'
import { Outbox } from './outbox.ts'
import type { Received } from './pending.ts'
import { Requests } from './requests.ts'

/** Why the server closes a socket, and the close code that says so. */
const CLOSE_CODE = { limit: 1008, shutdown: 1012, slow: 1013 } as const

/** Enough for type and id; the frame itself moves to the thread that reads it. */
const MOST_HEAD = 1024
/** Largest frame of a key that may neither imagine nor have sessions: all it can ask for is short. */
const MOST_TO_READ = 64 * 1024

export class Connection implements Busy {
  private readonly stream: StreamContext
  private readonly opened: Opened
  private readonly outbox: Outbox
  private readonly requests: Requests
  private readonly unread: Received[] = []
  private decoding = false
  private ping: Buffer | undefined
  private reading = true
  private ending = false
  private leaving = false
  private reason: CloseReason = 'lost'
  private bytesSeen = -1

  /** @param closed called once, when the socket is closed */
  constructor(stream: StreamContext, opened: Opened, closed: (reason: CloseReason) => void) {
    this.stream = stream
    this.opened = opened
    const { socket, connection } = opened
    this.outbox = new Outbox(socket, connection, stream.config, {
      changed: () => this.goOn(),
      slow: () => this.close('slow'),
    })
    this.requests = new Requests(stream, opened, this.outbox, (outcome) => {
      if (outcome === 'unauthenticated') this.close('limit')
      this.closeIfLeft()
      this.goOn()
    })
    socket.on('message', (data: Buffer, binary: boolean) => this.receive(data, binary))
    socket.on('ping', (data: Buffer) => this.pong(data))
    socket.on('error', ({ code }: NodeJS.ErrnoException) => this.broken(code))
    socket.on('close', (code: number) => {
      if (code !== 1006 && this.reason === 'lost') this.reason = 'client'
      this.abandon()
      closed(this.reason)
    })
  }

  /** Sends what answers nothing, in the encoding of the subprotocol. */
  tell(message: object): void {
    this.outbox.send(encodeFrame(message, this.opened.socket.protocol === 'dima.v1.msgpack'))
  }

  /** Asks whether the client is there. It is not if nothing at all has come from it since the last time. */
  async beat(): Promise<void> {
    const { connection, socket, caller } = this.opened
    if (!caller.active()) return this.close('limit')
    if (this.silent()) {
      await nextTurn() // what came in while the event loop was busy is read now
      if (this.silent()) return socket.terminate()
    }
    this.bytesSeen = connection.bytesRead
    if (socket.readyState === socket.OPEN && !this.outbox.full) socket.ping()
  }

  get busy(): boolean {
    return this.requests.unanswered > 0
  }

  /** What is running fails with this error. */
  end(error: DimaError): void {
    this.requests.end(error)
  }

  /** Reads nothing more, and closes when all that was begun is answered: the client asks another server for the rest. */
  leave(): void {
    this.leaving = true
    this.unread.length = 0
    this.closeIfLeft()
  }

  private closeIfLeft(): void {
    if (this.leaving && this.requests.unanswered === 0 && !this.decoding) this.close('shutdown')
  }

  /** The server stops. */
  goodbye(): void {
    this.close('shutdown')
  }

  terminate(): void {
    this.opened.socket.terminate()
  }

  /** Starts one message. Returns whether the next may start. */
  work(): boolean {
    const next = this.mayStart() ? this.unread.shift() : undefined
    if (next) this.accept(next)
    this.regulate()
    return this.unread.length > 0 && this.mayStart()
  }

  private receive(data: Buffer, binary: boolean): void {
    if (this.ending || this.leaving) return
    this.unread.push({ data, binary, received: performance.now() })
    this.goOn()
  }

  private goOn(): void {
    if (this.unread.length > 0 && this.mayStart()) this.stream.turns.offer(this)
    this.regulate()
  }

  /** Stops and goes on reading. */
  private regulate(): void {
    if (this.ending) return
    const mayRead = this.unread.length === 0 && this.mayStart()
    if (mayRead === this.reading) return
    this.reading = mayRead
    if (mayRead) this.opened.socket.resume()
    else this.opened.socket.pause()
  }

  private mayStart(): boolean {
    const { requests, outbox, ending, decoding } = this
    return requests.unanswered < this.stream.config.MAX_PIPELINE && !outbox.full && !ending && !decoding
  }

  /** Who asks pays, and may ask, before anything is read. */
  private accept(frame: Received): void {
    const { data, binary } = frame
    const { caller } = this.opened
    try {
      this.stream.charge(caller)
      if (this.refuseUnread(frame)) return
      checkReader(caller, data.length)
      const decoded = this.stream.decoder.decode(data, binary ? 'msgpack' : 'json', caller.owner)
      if (decoded instanceof Promise) void this.startLater(frame, decoded)
      else this.requests.start(frame, messageOf(decoded, binary))
    } catch (error) {
      this.requests.start(frame, refusedMessage(data, binary, error))
    }
  }

  /** A step into a queue that has just been found full. */
  private refuseUnread(frame: Received): boolean {
    const { crowds, context } = this.stream
    if (!crowds.any) return false
    const { owner } = this.opened.caller
    const { type, id, session_id } = headOf(frame.data, frame.binary)
    if (type !== 'step' || typeof session_id !== 'string' || !isId(id)) return false
    const digest = context.sessions.digestOf(owner, session_id)
    const refusal = digest === undefined ? undefined : crowds.refusalOf(owner, digest, frame)
    if (refusal) this.requests.refuseUnread(frame, id, refusal)
    return refusal !== undefined
  }

  /** What comes after a large message starts after it. */
  private async startLater(frame: Received, decoded: Promise<unknown>): Promise<void> {
    const { data, binary } = frame
    this.decoding = true
    const head = refusedMessage(data.subarray(0, MOST_HEAD), binary, undefined)
    const message = await decoded.then(
      (value) => messageOf(value, binary),
      (error: unknown): Message => ({ ...head, error }),
    )
    this.decoding = false
    if (this.leaving) this.closeIfLeft()
    if (this.ending || this.leaving) return // nobody waits for it
    this.requests.start(frame, message)
    this.goOn()
  }

  /** Only the latest ping of a turn is answered, as RFC 6455 allows. */
  private pong(data: Buffer): void {
    if (this.ping === undefined) setImmediate(() => this.sendPong())
    this.ping = data
  }

  private sendPong(): void {
    const { socket } = this.opened
    if (socket.readyState === socket.OPEN && !this.outbox.full) socket.pong(this.ping)
    this.ping = undefined
  }

  /** While nothing is read no answer can be seen: the limits on slow clients watch over that. */
  private silent(): boolean {
    return this.reading && this.opened.connection.bytesRead === this.bytesSeen
  }

  private broken(code = ''): void {
    if (!code.startsWith('WS_ERR_')) return // the network's: the socket is lost
    this.reason = code.endsWith('_LENGTH') ? 'too_large' : 'protocol'
  }

  private close(reason: keyof typeof CLOSE_CODE): void {
    const { socket } = this.opened
    if (socket.readyState !== socket.OPEN) return
    this.reason = reason
    this.abandon()
    socket.close(CLOSE_CODE[reason])
    socket.resume() // to see the client's close frame
  }

  /** Nobody waits for answers any more. */
  private abandon(): void {
    this.ending = true
    this.unread.length = 0
    this.stream.turns.remove(this)
    this.outbox.close()
    this.requests.abort()
  }
}

/** A key without either scope asks for nothing that is long. */
function checkReader({ scopes }: Identity, bytes: number): void {
  if (bytes <= MOST_TO_READ || scopes.has('rollout') || scopes.has('session')) return
  throw new DimaError('forbidden', `frames of more than ${MOST_TO_READ} bytes need scope rollout or session`)
}
