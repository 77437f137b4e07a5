// One socket: starts operations as their messages arrive, in turns with other sockets, and lets the replies out in order.
// Reading stops while too much is unanswered, or unread by the client; nothing is dropped.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Operation as OperationName } from '../../api/stream.ts'
import type { ErrorCode } from '../../common/errors.ts'
import { abandonedBy, DimaError } from '../../common/errors.ts'
import { type Identity, requireActive, requireScope } from '../auth/scopes.ts'
import { logFailure, problemOf } from '../plugins/problem.ts'
import type { Busy } from '../turns.ts'
import type { CloseReason, Opened, StreamContext } from './context.ts'
import { encodeFrame, encodeReply, type Frame } from './frame.ts'
import { type Message, messageOf, readCancel, refusedMessage, SCOPE_OF } from './message.ts'
import { Outbox } from './outbox.ts'
import { Lane, PendingRequest, type Received } from './pending.ts'

/** Why the server closes a socket, and the close code that says so. */
const CLOSE_CODE = { limit: 1008, shutdown: 1012, slow: 1013 } as const

/** Enough for type and id; the frame itself moves to the thread that reads it. */
const MOST_HEAD = 1024
/** Largest frame of a key that may neither imagine nor have sessions: all it can ask for is short. */
const MOST_TO_READ = 64 * 1024
/** What is done although the server is about to stop: it begins nothing. */
const WHILE_DRAINING: ReadonlySet<OperationName> = new Set(['get', 'snapshot', 'close', 'cancel'])

export class Connection implements Busy {
  private readonly stream: StreamContext
  private readonly opened: Opened
  private readonly outbox: Outbox
  private readonly sessions = new Lane((request) => this.send(request))
  private readonly rollouts = new Lane((request) => this.send(request))
  private readonly running = new Map<PendingRequest['id'], PendingRequest>()
  private readonly unread: Received[] = []
  private decoding = false
  private ping: Buffer | undefined
  private messages = 0
  private unanswered = 0
  private reading = true
  private ending = false
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
    return this.unanswered > 0
  }

  /** What is running fails with this error. */
  end(error: DimaError): void {
    for (const request of this.running.values()) {
      request.abort(error)
      this.settle(request, this.refuse(request, error))
    }
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
    if (this.ending) return
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
    const { unanswered, outbox, ending, decoding } = this
    return unanswered < this.stream.config.MAX_PIPELINE && !outbox.full && !ending && !decoding
  }

  /** Who asks pays, and may ask, before anything is read. */
  private accept(frame: Received): void {
    const { data, binary } = frame
    const { caller } = this.opened
    try {
      this.stream.charge(caller)
      checkReader(caller, data.length)
      const decoded = this.stream.decoder.decode(data, binary ? 'msgpack' : 'json', caller.owner)
      if (decoded instanceof Promise) void this.startLater(frame, decoded)
      else this.start(frame, messageOf(decoded, binary))
    } catch (error) {
      this.start(frame, refusedMessage(data, binary, error))
    }
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
    if (this.ending) return // nobody waits for it
    this.start(frame, message)
    this.goOn()
  }

  private start(frame: Received, message: Message): void {
    const request = new PendingRequest(message, frame, ++this.messages, this.opened.caller.owner)
    this.unanswered++
    this.laneOf(request)?.add(request)
    void this.answer(request, message)
  }

  /** Session messages and what is not understood share a lane; what cancels must not wait for what it cancels. */
  private laneOf({ op }: PendingRequest): Lane | undefined {
    if (op === 'cancel') return undefined
    return op === 'rollout' || op === 'rollout_stream' ? this.rollouts : this.sessions
  }

  private async answer(request: PendingRequest, message: Message): Promise<void> {
    this.settle(request, await this.run(request, message))
  }

  /** Once: what fails because the server ends may still be answered later. */
  private settle(request: PendingRequest, frame: Frame): void {
    if (request.frame !== undefined) return
    request.frame = frame
    if (this.running.get(request.id) === request) this.running.delete(request.id)
    const { op, outcome, received } = request
    this.stream.context.metrics.message(op ?? 'unknown', outcome!, (performance.now() - received) / 1000)
    const lane = this.laneOf(request)
    if (lane) lane.advance()
    else this.send(request)
  }

  /** Never throws: what fails is answered with an error. */
  private async run(request: PendingRequest, message: Message): Promise<Frame> {
    try {
      const reply = replyTo(request, await this.perform(request, message))
      const from = performance.now()
      const frame = await encodeReply(reply, request.binary)
      const format = request.binary ? 'msgpack' : 'json'
      this.stream.context.metrics.serialized(format, (performance.now() - from) / 1000)
      request.outcome = 'ok'
      return frame
    } catch (error) {
      return this.refuse(request, error)
    }
  }

  private async perform(request: PendingRequest, { error, fields }: Message): Promise<object> {
    const { op, id, trace } = request
    const { caller, log } = this.opened
    if (error !== undefined || op === null) throw error
    if (trace) log.debug({ ...trace.bindings, op, instance: this.instanceOf(request) }, 'message')
    requireScope(caller, SCOPE_OF[op])
    if (!WHILE_DRAINING.has(op)) this.stream.context.draining.refuse()
    if (op === 'cancel') return this.cancel(fields)
    if (this.running.has(id)) throw inUse()
    this.running.set(id, request)
    request.charge = (steps, paid) => this.stream.charge(caller, steps, paid)
    if (op === 'rollout_stream') request.emit = (event) => this.emit(request, event)
    return this.stream.operations[op](this.stream.context, fields, request)
  }

  private async cancel(fields: object): Promise<object> {
    const target = this.running.get(readCancel(fields))
    target?.abort()
    await nextTurn() // whatever was waiting is refused by now
    return { canceled: target?.outcome === 'canceled' }
  }

  /** Resolves when there is room for the next event. Throws DimaError `canceled` when nobody wants one. */
  private async emit(request: PendingRequest, event: object): Promise<void> {
    const { op, id, binary } = request
    requireActive(this.opened.caller)
    const frame = await encodeReply({ type: 'event', op, id, event }, binary)
    if (request.frame === undefined) this.outbox.send(frame)
    await this.outbox.room()
    if (request.signal.aborted) throw abandonedBy(request.signal, 'nobody waits for the next event')
  }

  private refuse(request: PendingRequest, error: unknown): Frame {
    const problem = problemOf(error, this.instanceOf(request))
    const { instance, code, status } = problem
    const ids = { instance, ...request.trace?.bindings }
    if (status >= 500) logFailure({ log: this.opened.log.child(ids) }, error, { code, status })
    request.outcome = code as ErrorCode
    return encodeFrame({ type: 'error', op: request.op, id: request.id, problem }, request.binary)
  }

  private send(request: PendingRequest): void {
    this.outbox.send(request.frame!)
    this.unanswered--
    if (request.outcome === 'unauthenticated') this.close('limit')
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
    for (const request of this.running.values()) request.abort()
  }

  /** The request's name in the log and in its error. */
  private instanceOf({ serial }: PendingRequest): string {
    return `${this.opened.id}.${serial}`
  }
}

/** A key without either scope asks for nothing that is long. */
function checkReader({ scopes }: Identity, bytes: number): void {
  if (bytes <= MOST_TO_READ || scopes.has('rollout') || scopes.has('session')) return
  throw new DimaError('forbidden', `frames of more than ${MOST_TO_READ} bytes need scope rollout or session`)
}

/** What ends a streamed rollout has a type of its own, which is left out. */
function replyTo({ op, id, trace }: PendingRequest, fields: object): object {
  const reply = { type: '', op, id, traceparent: trace?.traceparent, ...fields }
  reply.type = 'reply'
  return reply
}

const inUse = (): DimaError =>
  new DimaError('invalid_request', 'a request with this id is still running', { field: 'id' })
