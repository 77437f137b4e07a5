// Receives request bodies. How many bytes of unfinished ones are held is bounded, for each key and for all.
import type { IncomingMessage } from 'node:http'
import { DimaError } from '../../common/errors.ts'

export interface BodyLimits {
  /** of one body */
  BODY_LIMIT_BYTES: number
  /** of all that are unfinished; one key may have half of it */
  UNFINISHED_BODIES_BYTES: number
}

export class Bodies {
  private readonly limits: BodyLimits
  private readonly unfinished = new Set<(error: DimaError) => void>()
  private readonly ofOwner = new Map<string, number>()
  private total = 0
  private closing = false

  constructor(limits: BodyLimits) {
    this.limits = limits
  }

  /** Rejects with DimaError `body_too_large`, `rate_limited`, `overloaded`, `not_ready` or `canceled`. */
  async read(message: IncomingMessage, owner: string): Promise<Buffer> {
    const declared = Number(message.headers['content-length'] ?? 0)
    if (declared > this.limits.BODY_LIMIT_BYTES) throw this.tooLarge()
    if (this.closing) throw stopping()
    let held = 0
    try {
      return await this.receive(message, (bytes) => {
        if (held + bytes > this.limits.BODY_LIMIT_BYTES) throw this.tooLarge()
        this.hold(owner, bytes)
        held += bytes
      })
    } finally {
      this.hold(owner, -held)
    }
  }

  /** What is not here by now is refused. */
  endAll(): void {
    this.closing = true
    for (const refuse of this.unfinished) refuse(stopping())
  }

  private receive(message: IncomingMessage, count: (bytes: number) => void): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const blocks = new Blocks()
      const data = (chunk: Buffer) => {
        try {
          count(chunk.length)
        } catch (error) {
          return refuse(error)
        }
        blocks.add(chunk)
      }
      const finish = () => {
        this.unfinished.delete(refuse)
        message.off('data', data).off('end', end).off('error', gone).off('close', gone)
      }
      const end = () => {
        finish()
        resolve(blocks.joined())
      }
      const refuse = (error: unknown) => {
        finish()
        message.on('error', () => {})
        message.resume() // what still comes is let go, until the connection is closed
        reject(error)
      }
      const gone = () => refuse(new DimaError('canceled', 'the caller has gone'))
      this.unfinished.add(refuse)
      message.on('data', data).on('end', end).on('error', gone).on('close', gone)
    })
  }

  private hold(owner: string, bytes: number): void {
    const own = (this.ofOwner.get(owner) ?? 0) + bytes
    if (bytes > 0) this.checkRoom(own, this.total + bytes)
    this.total += bytes
    if (own === 0) this.ofOwner.delete(owner)
    else this.ofOwner.set(owner, own)
  }

  private checkRoom(own: number, total: number): void {
    const most = this.limits.UNFINISHED_BODIES_BYTES
    if (own > most / 2)
      throw new DimaError(
        'rate_limited',
        `unfinished bodies of this key hold more than ${Math.floor(most / 2)} bytes`,
        { hangUp: true },
      )
    if (total > most)
      throw new DimaError('overloaded', 'unfinished bodies take all the room', { hangUp: true })
  }

  private tooLarge(): DimaError {
    const most = this.limits.BODY_LIMIT_BYTES
    return new DimaError('body_too_large', `the body has more than ${most} bytes`, {
      field: 'body',
      expected: `<= ${most} bytes`,
      hangUp: true,
    })
  }
}

const stopping = (): DimaError => new DimaError('not_ready', 'the server is about to stop', { hangUp: true })

const BLOCK_BYTES = 64 * 1024

/** Copies, because a chunk may be one byte, or a small part of a buffer. One that grew would be copied again and again. */
class Blocks {
  private readonly blocks: Buffer[] = []
  private block = Buffer.alloc(0)
  private used = 0
  private length = 0

  add(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; ) {
      if (this.used === this.block.length) this.open()
      const copied = chunk.copy(this.block, this.used, from)
      this.used += copied
      from += copied
    }
    this.length += chunk.length
  }

  /** The whole body, in memory of its own. */
  joined(): Buffer {
    const bytes = Buffer.allocUnsafeSlow(this.length)
    let at = 0
    for (const block of this.blocks) at += block.copy(bytes, at)
    return bytes
  }

  private open(): void {
    const bytes = this.blocks.length === 0 ? BLOCK_BYTES / 16 : BLOCK_BYTES // most bodies are small
    this.block = Buffer.allocUnsafeSlow(bytes)
    this.blocks.push(this.block)
    this.used = 0
  }
}
