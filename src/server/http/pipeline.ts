// The requests of one HTTP connection. A client may send the next ones before it has its answer: a few of them run at a
// time, in turns with other connections, and when too many wait the connection is closed. (Not reading it meanwhile would
// be kinder, but Node goes on reading after each request.)
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Busy, Turns } from '../turns.ts'

/** Requests of one connection that run at a time. */
const MOST_RUNNING = 16
const MOST_WAITING = 256

export type Exchange = [request: IncomingMessage, response: ServerResponse]

export class Pipeline implements Busy {
  private readonly socket: Socket
  private readonly turns: Turns
  private readonly handle: (...exchange: Exchange) => void
  private readonly waiting: Exchange[] = []
  private readonly running = new Set<IncomingMessage>()
  /** what is said when everything before it has been answered, and then nothing more */
  private lastWords: string | undefined

  constructor(socket: Socket, turns: Turns, handle: (...exchange: Exchange) => void) {
    this.socket = socket
    this.turns = turns
    this.handle = handle
    socket.once('close', () => this.drop())
  }

  get idle(): boolean {
    return this.running.size === 0 && this.waiting.length === 0
  }

  add(exchange: Exchange): void {
    if (this.lastWords !== undefined || this.socket.destroyed) return
    if (this.waiting.length === MOST_WAITING) return void this.socket.destroy()
    this.waiting.push(exchange)
    this.goOn()
  }

  work(): boolean {
    const next = this.mayStart() ? this.waiting.shift() : undefined
    if (next) this.start(next)
    return this.mayStart()
  }

  /** Lets what is running and has come in whole be answered, says `words` and closes. Everything else is dropped. */
  end(words = ''): void {
    if (this.lastWords !== undefined) return
    this.lastWords = words
    this.drop()
    this.endIfAnswered()
  }

  private start([request, response]: Exchange): void {
    this.running.add(request)
    response.once('close', () => {
      this.running.delete(request)
      if (this.lastWords === undefined) this.goOn()
      else this.endIfAnswered()
    })
    this.handle(request, response)
  }

  private goOn(): void {
    if (this.mayStart()) this.turns.offer(this)
  }

  private mayStart(): boolean {
    return this.waiting.length > 0 && this.running.size < MOST_RUNNING
  }

  private endIfAnswered(): void {
    if ([...this.running].some(({ complete }) => complete)) return
    const { socket } = this
    socket.once('finish', () => socket.destroy())
    if (socket.writable) socket.end(this.lastWords ?? '')
    else socket.destroySoon()
  }

  private drop(): void {
    this.waiting.length = 0
    this.turns.remove(this)
  }
}
