// All open sockets: how many a key may have, their heartbeat, and the end of all of them.
import { DimaError } from '../../common/errors.ts'
import { Connection } from './connection.ts'
import type { Opened, StreamContext } from './context.ts'
import { Heartbeat } from './heartbeat.ts'

/** What requests that are running get to finish, and then clients to answer the close frame. */
const ANSWERS_MS = 5000
const GOODBYES_MS = 1000

export class Sockets {
  private readonly stream: StreamContext
  private readonly open = new Set<Connection>()
  private readonly ofOwner = new Map<string, number>()
  private readonly heartbeat: Heartbeat
  private ending = false
  private whenEmpty: () => void = () => {}

  constructor(stream: StreamContext) {
    this.stream = stream
    this.heartbeat = new Heartbeat(stream.config.PING_SECONDS)
  }

  /** Whether there may be another one. Throws DimaError `socket_limit`, `overloaded` or `not_ready`. */
  admit(owner: string): void {
    if (this.ending) throw new DimaError('not_ready', 'the server is about to stop')
    const { MAX_SOCKETS: most, MAX_SOCKETS_PER_KEY: limit } = this.stream.config
    if ((this.ofOwner.get(owner) ?? 0) >= limit)
      throw new DimaError('socket_limit', `${limit} sockets are open, which is the limit`, {
        expected: limit,
      })
    if (this.open.size >= most)
      throw new DimaError('overloaded', 'the server has as many sockets as it may', { retryAfterSeconds: 1 })
  }

  add(opened: Opened): Connection {
    const { owner } = opened.caller
    const connection = new Connection(this.stream, opened, (reason) => {
      this.open.delete(connection)
      this.heartbeat.remove(connection)
      this.count(owner, -1)
      this.stream.context.metrics.socketClosed(reason)
      if (this.open.size === 0) this.whenEmpty()
    })
    this.open.add(connection)
    this.heartbeat.add(connection)
    this.count(owner, 1)
    this.stream.context.metrics.socketOpened()
    return connection
  }

  /** Lets running requests finish, says goodbye and closes. */
  async shutDown(): Promise<void> {
    this.ending = true
    this.heartbeat.stop()
    await Promise.all([...this.open].map((connection) => connection.shutDown(ANSWERS_MS)))
    const impatience = setTimeout(() => {
      for (const connection of this.open) connection.terminate()
    }, GOODBYES_MS)
    await new Promise<void>((resolve) => {
      this.whenEmpty = resolve
      if (this.open.size === 0) resolve()
    })
    clearTimeout(impatience)
  }

  private count(owner: string, change: 1 | -1): void {
    const count = (this.ofOwner.get(owner) ?? 0) + change
    if (count === 0) this.ofOwner.delete(owner)
    else this.ofOwner.set(owner, count)
  }
}
