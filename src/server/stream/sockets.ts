// All open sockets: how many a key may have, their heartbeat, and the end of all of them.
import type { Draining as DrainingMessage } from '../../api/stream.ts'
import { DimaError } from '../../common/errors.ts'
import { NOTICE_MS } from '../draining.ts'
import { Connection } from './connection.ts'
import type { Opened, StreamContext } from './context.ts'
import { Heartbeat } from './heartbeat.ts'

/** What clients get to answer the close frame. */
const GOODBYES_MS = 1000

/** Over which sockets are closed whose sessions other servers go on with. */
const SPREAD_MS = 5000

export class Sockets {
  private readonly stream: StreamContext
  private readonly open = new Set<Connection>()
  private readonly ofOwner = new Map<string, number>()
  private readonly heartbeat: Heartbeat
  private told = Number.POSITIVE_INFINITY
  private whenEmpty: () => void = () => {}

  constructor(stream: StreamContext) {
    this.stream = stream
    this.heartbeat = new Heartbeat(stream.config.PING_SECONDS)
    stream.context.draining.join({
      announce: (leftMs) => this.announce(leftMs),
      isBusy: () => this.isBusy(),
      end: (error) => {
        for (const connection of this.open) {
          if (this.isShared)
            connection.goodbye() // what is not answered is asked for again elsewhere
          else connection.end(error)
        }
      },
    })
  }

  /** Whether there may be another one. Throws DimaError `socket_limit`, `overloaded` or `draining`. */
  admit(owner: string): void {
    this.stream.context.draining.refuse()
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

  /** Sessions are lost with the server, so whoever may have one gets a moment to save it. */
  private announce(leftMs: number): void {
    if (this.isShared) {
      this.leaveOneByOne(leftMs)
      return
    }

    const message: DrainingMessage = { type: 'draining', drain_ms: Math.round(leftMs) }
    for (const connection of this.open) connection.tell(message)
    this.told = performance.now()
  }

  /** Sessions go on at other servers: nobody has to save them, and clients that come back all at once would hurt those. */
  private leaveOneByOne(leftMs: number): void {
    const spread = Math.min(SPREAD_MS, leftMs / 2)
    for (const connection of this.open) setTimeout(() => connection.leave(), Math.random() * spread).unref()
  }

  private get isShared(): boolean {
    return this.stream.context.store !== undefined
  }

  private isBusy(): boolean {
    if (this.open.size === 0) return false
    if (this.isShared) return true
    const { sessions } = this.stream.context
    const saving = performance.now() < this.told + NOTICE_MS && sessions.stats().open > 0
    return [...this.open].some(({ busy }) => busy || saving)
  }

  /** Says goodbye and closes. */
  async shutDown(): Promise<void> {
    this.heartbeat.stop()
    for (const connection of this.open) connection.goodbye()
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
