// Steps that are refused by the first bytes of their frames. Where three times as many steps are asked as can be done,
// two of three are refused: if that costs what serving does, nothing is left to serve with. So whoever has just been told
// that a model's queue is full is told the same for some milliseconds, without a look at more than type, id and session.
import type { RequestId } from '../../api/stream.ts'
import { problemOf } from '../plugins/problem.ts'
import { encodeJson } from '../wire/json.ts'
import { encodeMsgpack } from '../wire/msgpack.ts'
import type { Frame } from './frame.ts'

/** A queue that is full for a tenth of a second at least is not empty after so long. */
const HOLD_MS = 5

export class Crowds {
  /** by owner and model */
  private readonly held = new Map<string, { refusal: Refusal; until: number }>()

  /** A step was refused because too much of this model's work is waiting. */
  found(owner: string, digest: string, error: unknown): void {
    this.held.set(keyOf(owner, digest), { refusal: new Refusal(error), until: performance.now() + HOLD_MS })
  }

  /** Whether anyone may be refused: nobody else pays for this. */
  get any(): boolean {
    return this.held.size > 0
  }

  refusalOf(owner: string, digest: string): Refusal | undefined {
    const key = keyOf(owner, digest)
    const held = this.held.get(key)
    if (held && performance.now() < held.until) return held.refusal
    this.held.delete(key)
    return undefined
  }
}

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
