// Steps that are refused by the first bytes of their frames. Where three times as many steps are asked as can be done,
// two of three are refused: if that costs what serving does, nothing is left to serve with. So whoever has just been told
// that a model's queue is full is told the same for some milliseconds, without a look at more than type, id and session;
// who has been told that it is too long for a deadline, for frames with the same deadline.
import type { RequestId } from '../../api/stream.ts'
import { problemOf } from '../plugins/problem.ts'
import { encodeJson } from '../wire/json.ts'
import { encodeMsgpack } from '../wire/msgpack.ts'
import type { Frame } from './frame.ts'
import type { Received } from './pending.ts'

/** A queue that is full for a tenth of a second at least is not empty after so long. */
const HOLD_MS = 5

export class Crowds {
  private readonly holdMs: number
  /** by owner and model */
  private readonly held = new Map<string, Held>()

  constructor(holdMs = HOLD_MS) {
    this.holdMs = holdMs
  }

  /**
   * A step was refused because too much of this model's work is waiting.
   * @param deadlineMs absent: for any step; else for one that has to be done in that time
   */
  found(owner: string, digest: string, error: unknown, deadlineMs?: number): void {
    const late = deadlineMs === undefined ? undefined : fieldIn('deadline_ms', deadlineMs)
    const until = performance.now() + this.holdMs
    this.held.set(keyOf(owner, digest), { refusal: new Refusal(error), late, until })
  }

  /** Whether anyone may be refused: nobody else pays for this. */
  get any(): boolean {
    return this.held.size > 0
  }

  refusalOf(owner: string, digest: string, { data, binary }: Unread): Refusal | undefined {
    const key = keyOf(owner, digest)
    const held = this.held.get(key)
    if (!held || performance.now() >= held.until) return void this.held.delete(key)
    return !held.late || isIn(held.late, data, binary) ? held.refusal : undefined
  }
}

type Unread = Pick<Received, 'data' | 'binary'>

interface Held {
  refusal: Refusal
  /** what frames with the deadline have in them */
  late: Late | undefined
  /** performance.now() */
  until: number
}

type Late = Record<'json' | 'msgpack', Buffer>

/** The bytes of a field as clients write it. */
const fieldIn = (name: string, value: number): Late => ({
  json: Buffer.from(`"${name}":${value}`),
  msgpack: Buffer.concat([pack(name), pack(value)]),
})

/** A number as text ends where the next field begins or the message ends. */
function isIn({ json, msgpack }: Late, data: Buffer, binary: boolean): boolean {
  if (binary) return data.includes(msgpack)
  const at = data.indexOf(json)
  const next = data[at + json.length]
  return at >= 0 && (next === COMMA || next === BRACE)
}

const [COMMA, BRACE] = [0x2c, 0x7d]

const keyOf = (owner: string, digest: string): string => `${digest} ${owner}`

/** The frames that tell an error again and again: all but id and instance is written once. */
export class Refusal {
  private readonly json: [before: string, after: string]
  private readonly msgpack: [before: Buffer, after: Buffer]

  constructor(error: unknown) {
    const { instance: _, ...problem } = problemOf(error, '')
    this.json = [
      '{"type":"error","op":"step","id":',
      `,"problem":${encodeJson(problem).slice(0, -1)},"instance":`,
    ]
    this.msgpack = [
      withPairs(4, [pairs({ type: 'error', op: 'step' }), pack('id')]),
      Buffer.concat([
        pack('problem'),
        withPairs(Object.keys(problem).length + 1, [pairs(problem), pack('instance')]),
      ]),
    ]
  }

  frame(id: RequestId, instance: string, binary: boolean): Frame {
    const [before, after] = this.json
    if (!binary) return `${before}${JSON.stringify(id)}${after}${JSON.stringify(instance)}}}`
    return Buffer.concat([this.msgpack[0], pack(id), this.msgpack[1], pack(instance)])
  }
}

const pack = (value: unknown): Buffer => Buffer.from(encodeMsgpack(value))
/** A small map without the byte that counts its pairs: of at most fifteen it is one. */
const pairs = (map: object): Buffer => pack(map).subarray(1)
const withPairs = (count: number, parts: Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(0x80 + count), ...parts])
