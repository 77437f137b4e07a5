// The requests of one socket: each message is performed, and replies about sessions go out in the order of their requests,
// and so do those of rollouts, without waiting for each other.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Operation as OperationName, RequestId } from '../../api/stream.ts'
import type { ErrorCode } from '../../common/errors.ts'
import { abandonedBy, DimaError } from '../../common/errors.ts'
import { requireActive, requireScope } from '../auth/scopes.ts'
import { logFailure, problemOf } from '../plugins/problem.ts'
import type { Opened, StreamContext } from './context.ts'
import type { Refusal } from './crowds.ts'
import { encodeFrame, encodeReply, type Frame } from './frame.ts'
import { type Message, readCancel, SCOPE_OF } from './message.ts'
import type { Outbox } from './outbox.ts'
import { PendingRequest, type Received, ReplyQueue } from './pending.ts'

/** What is done although the server is about to stop: it begins nothing. */
const WHILE_DRAINING: ReadonlySet<OperationName> = new Set(['get', 'snapshot', 'close', 'cancel'])

export class Requests {
  /** started, and not yet answered */
  unanswered = 0
  private readonly stream: StreamContext
  private readonly opened: Opened
  private readonly outbox: Outbox
  private readonly answered: (outcome: ErrorCode | 'ok') => void
  private readonly sessionReplies = new ReplyQueue((request) => this.send(request))
  private readonly rolloutReplies = new ReplyQueue((request) => this.send(request))
  private readonly running = new Map<PendingRequest['id'], PendingRequest>()
  private messages = 0

  /** @param answered a reply has gone out */
  constructor(
    stream: StreamContext,
    opened: Opened,
    outbox: Outbox,
    answered: (outcome: ErrorCode | 'ok') => void,
  ) {
    this.stream = stream
    this.opened = opened
    this.outbox = outbox
    this.answered = answered
  }

  start(frame: Received, message: Message): void {
    const request = new PendingRequest(message, frame, ++this.messages, this.opened.caller.owner)
    this.unanswered++
    this.queueOf(request)?.add(request)
    void this.answer(request, message)
  }

  /** In its turn among the replies to sessions, as if it had been read. */
  refuseUnread(frame: Received, id: RequestId, refusal: Refusal): void {
    const message: Message = { op: 'step', id, traceparent: undefined, fields: {} }
    const request = new PendingRequest(message, frame, ++this.messages, this.opened.caller.owner)
    this.unanswered++
    this.sessionReplies.add(request)
    request.outcome = 'overloaded'
    this.settle(request, refusal.frame(id, this.instanceOf(request), frame.binary))
  }

  /** What is running fails with this error. */
  end(error: DimaError): void {
    for (const request of this.running.values()) {
      request.abort(error)
      this.settle(request, this.refuse(request, error))
    }
  }

  /** Nobody waits for answers any more. */
  abort(): void {
    for (const request of this.running.values()) request.abort()
  }

  /**
   * Where the reply waits for its turn: session messages and what is not understood share a queue; what cancels must not
   * wait for what it cancels, and what a policy does is about nothing that came before.
   */
  private queueOf({ op }: PendingRequest): ReplyQueue | undefined {
    if (op === 'cancel' || op === 'act') return undefined
    return op !== null && SCOPE_OF[op] === 'rollout' ? this.rolloutReplies : this.sessionReplies
  }

  private async answer(request: PendingRequest, message: Message): Promise<void> {
    this.settle(request, await this.run(request, message))
  }

  /** Answers a request, once: what fails because the server ends may still be answered later. */
  private settle(request: PendingRequest, frame: Frame): void {
    if (request.frame !== undefined) return
    request.frame = frame
    if (this.running.get(request.id) === request) this.running.delete(request.id)
    const { op, outcome, received } = request
    this.stream.context.metrics.message(op ?? 'unknown', outcome!, (performance.now() - received) / 1000)
    const queue = this.queueOf(request)
    if (queue) queue.advance()
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
      this.noteCrowd(message, error)
      return this.refuse(request, error)
    }
  }

  /** Of steps: what comes next need not be read to be refused. */
  private noteCrowd({ op, fields }: Message, error: unknown): void {
    if (op !== 'step' || !(error instanceof DimaError) || error.code !== 'overloaded') return
    const { owner } = this.opened.caller
    const { session_id, deadline_ms } = fields as { session_id: string; deadline_ms?: number }
    const digest = this.stream.context.sessions.digestOf(owner, session_id)
    if (digest === undefined) return
    if (error.details.crowded === true) this.stream.crowds.found(owner, digest, error)
    else if (deadline_ms !== undefined) this.stream.crowds.found(owner, digest, error, deadline_ms)
  }

  private async perform(request: PendingRequest, { error, fields }: Message): Promise<object> {
    const { op, id, trace } = request
    const { caller, log } = this.opened
    if (error !== undefined || op === null) throw error
    if (trace) log.debug({ ...trace.bindings, op, instance: this.instanceOf(request) }, 'message')
    requireScope(caller, SCOPE_OF[op])
    const { draining, store } = this.stream.context
    if (!store && !WHILE_DRAINING.has(op)) draining.refuse() // with a store until the socket leaves
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
    this.answered(request.outcome!)
  }

  /** The request's name in the log and in its error. */
  private instanceOf({ serial }: PendingRequest): string {
    return `${this.opened.id}.${serial}`
  }
}

/** What ends a streamed rollout has a type of its own, which is left out. */
function replyTo({ op, id, trace }: PendingRequest, fields: object): object {
  const reply = { type: '', op, id, traceparent: trace?.traceparent, ...fields }
  reply.type = 'reply'
  return reply
}

const inUse = (): DimaError =>
  new DimaError('invalid_request', 'a request with this id is still running', { field: 'id' })
