// One WebSocket to /v1/stream. Replies to session messages come in the order of their requests, so who waits longest is
// answered next; that the id agrees is checked, since a server that mixed them up would be fast for the wrong reason.
import { Unpackr } from 'msgpackr'
import WebSocket from 'ws'
import { DimaError } from '../../src/common/errors.ts'
import { encode } from './encode.ts'
import type { Frames } from './frames.ts'
import type { Server } from './rest.ts'

/** Of a reply or an error, as far as anyone here looks. */
export interface Reply {
  id: number
  type: 'reply' | 'error' | 'lost'
  problem?: { code: string; detail: string }
  timing?: { queue_ms: number; compute_ms: number; total_ms: number }
  session_id?: string
  errors?: { index: number; session_id: string; code: string }[]
}

export interface Socket {
  send(frames: Frames, done: (reply: Reply) => void): void
  /** For everything before and after the measurement. Throws what the server says. */
  call(message: object): Promise<Reply>
  close(): void
}

const unpackr = new Unpackr({ useRecords: false })
const LOST: Reply = { id: -1, type: 'lost' }
const OPTIONS = { perMessageDeflate: false, skipUTF8Validation: true } as const

/** Resolves after the first frame, the server's metadata. */
export async function openSocket({ url, key, encoding }: Server): Promise<Socket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`, [`dima.v1.${encoding}`], {
    ...OPTIONS,
    headers: key ? { authorization: `Bearer ${key}` } : {},
  })
  await firstFrame(socket)
  const waiting = new Queue<{ id: number; done: (reply: Reply) => void }>()
  let nextId = 1
  socket.on('message', (data: Buffer, binary: boolean) => {
    const reply = (binary ? unpackr.unpack(data) : JSON.parse(data.toString())) as Reply
    const { id, done } = waiting.shift()!
    done(reply.id === id ? reply : { ...LOST, problem: { code: 'out_of_order', detail: '' } })
  })
  socket.on('close', () => {
    for (let lost = waiting.shift(); lost; lost = waiting.shift()) lost.done(LOST)
  })
  const send: Socket['send'] = (frames, done) => {
    if (socket.readyState !== socket.OPEN) return void setImmediate(() => done(LOST))
    const id = nextId++
    waiting.push({ id, done })
    socket.send(frames(id))
  }
  return {
    send,
    call: (message) =>
      new Promise((resolve, reject) => {
        send(
          (id) => {
            const bytes = encode({ ...message, id }, encoding)
            return encoding === 'json' ? bytes.toString() : bytes
          },
          (reply) => {
            if (reply.type === 'reply') resolve(reply)
            else
              reject(
                new Error(reply.problem ? `${reply.problem.code}: ${reply.problem.detail}` : 'socket lost'),
              )
          },
        )
      }),
    close: () => socket.terminate(),
  }
}

function firstFrame(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('message', () => resolve())
    socket.once('error', ({ message }) => {
      reject(new DimaError('invalid_config', `/v1/stream can not be opened: ${message}`, { field: 'url' }))
    })
    socket.on('error', () => {}) // a close follows
  })
}

/** First in, first out; shift() of a long array moves all of it. */
class Queue<T> {
  private items: (T | undefined)[] = []
  private first = 0

  push(item: T): void {
    this.items.push(item)
  }

  shift(): T | undefined {
    const item = this.items[this.first]
    if (item === undefined) return undefined
    this.items[this.first++] = undefined
    if (this.first === this.items.length) [this.items, this.first] = [[], 0]
    return item
  }
}
