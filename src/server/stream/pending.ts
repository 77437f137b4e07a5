// A request on its way, and the queue that its reply leaves through.
import type { Operation as OperationName, RequestId } from '../../api/stream.ts'
import type { DimaError, ErrorCode } from '../../common/errors.ts'
import type { Caller } from '../operations/operation.ts'
import { type Trace, traceOf } from '../plugins/tracing.ts'
import type { Frame } from './frame.ts'
import type { Message } from './message.ts'

/** A frame as it came in. */
export interface Received {
  data: Buffer
  binary: boolean
  /** performance.now() */
  received: number
}

/** What an operation learns of its caller, and what the socket has to remember until the reply has left. */
export class PendingRequest implements Caller {
  readonly op: OperationName | null
  readonly id: RequestId | null
  readonly trace: Trace | undefined
  /** whether it came in msgpack: so does its reply */
  readonly binary: boolean
  /** its place among the messages of the socket */
  readonly serial: number
  readonly owner: string
  readonly received: number
  charge?: (steps: number, paid: number) => void
  emit?: (event: object) => Promise<void>
  /** 'ok' or the code of an error; undefined: not known yet */
  outcome: 'ok' | ErrorCode | undefined
  /** the reply, when it is written */
  frame: Frame | undefined
  next: PendingRequest | undefined
  /** An AbortController would cost more than the rest of a request, and hardly any is ever aborted. */
  readonly signal: { aborted: boolean; reason: unknown } = { aborted: false, reason: undefined }

  constructor(
    { op, id, traceparent }: Message,
    { binary, received }: Received,
    serial: number,
    owner: string,
  ) {
    this.received = received
    this.op = op
    this.id = id
    this.trace = traceparent === undefined ? undefined : traceOf(traceparent)
    this.binary = binary
    this.serial = serial
    this.owner = owner
  }

  abort(reason?: DimaError): void {
    if (this.signal.aborted) return
    this.signal.aborted = true
    this.signal.reason = reason
  }
}

/** Lets replies out in the order in which their requests came, whichever is ready first. */
export class ReplyQueue {
  private first: PendingRequest | undefined
  private last: PendingRequest | undefined
  private readonly send: (request: PendingRequest) => void

  constructor(send: (request: PendingRequest) => void) {
    this.send = send
  }

  add(request: PendingRequest): void {
    if (this.last) this.last.next = request
    else this.first = request
    this.last = request
  }

  /** Call it when a reply has become known. */
  advance(): void {
    while (this.first?.frame !== undefined) {
      const request = this.first
      this.first = request.next
      if (!this.first) this.last = undefined
      this.send(request)
    }
  }
}
