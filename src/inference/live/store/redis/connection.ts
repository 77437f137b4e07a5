// One connection to Valkey or Redis, made again whenever it is lost: the only file that knows their client. What was on its
// way when it was lost fails, and is not sent again by itself: whether it was done, only who asked can find out.
import type { RedisClientType } from '@redis/client'
import { DimaError } from '../../../../common/errors.ts'
import type { Script } from './scripts.ts'

export type Argument = string | Buffer

/** Of the store, in any order of their settings, without its password. */
type Log = (message: string) => void

const BEAT_MS = 100
/** A connection that answers nothing for so long is given up. Less than the default of STORE_LOST_MS. */
const PATIENCE_MS = 500
const CONNECT_MS = 1000
const PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

/** In RESP what scripts and GET answer with: as bytes. */
const AS_BYTES = { 36: Buffer } as const

export class Connection {
  /** grows with every connection */
  generation = 0
  private readonly url: string
  private readonly log: Log
  private readonly make: () => RedisClientType
  private client: RedisClientType | undefined
  private closed = false
  /** performance.now() since when nothing has been answered; 0: it answers */
  private lostSince = 0
  private beatSince = 0
  private readonly beats: NodeJS.Timeout

  private constructor(url: string, make: () => RedisClientType, log: Log) {
    this.url = url
    this.make = make
    this.log = log
    this.beats = setInterval(() => this.beat(), BEAT_MS)
    this.beats.unref()
  }

  /** Throws DimaError `invalid_config` when there is no store, or it refuses us. */
  static async open(url: string, log: Log): Promise<Connection> {
    const { createClient } = await import('@redis/client')
    const make = () =>
      createClient({
        url,
        name: 'dima',
        RESP: 2,
        disableOfflineQueue: true,
        maintNotifications: 'disabled',
        socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS },
        commandOptions: { typeMapping: AS_BYTES },
      }) as unknown as RedisClientType
    const connection = new Connection(url, make, log)
    try {
      await connection.connect()
      return connection
    } catch (error) {
      connection.close()
      throw new DimaError(
        'invalid_config',
        `SESSION_STORE=${shown(url)} can't be used: ${connection.said(error)}`,
      )
    }
  }

  get lostMs(): number {
    return this.lostSince === 0 ? 0 : performance.now() - this.lostSince
  }

  /** Throws DimaError `session_store`. */
  async send(parts: Argument[]): Promise<unknown> {
    if (!this.client) throw unreachable()
    try {
      return await this.client.sendCommand(parts)
    } catch (error) {
      throw this.failure(error as Error)
    }
  }

  /** Throws DimaError `session_store`. */
  async run({ sha, text }: Script, keys: Argument[], values: Argument[]): Promise<unknown[]> {
    const rest = [String(keys.length), ...keys, ...values]
    if (!this.client) throw unreachable()
    try {
      return await this.client.sendCommand<unknown[]>(['EVALSHA', sha, ...rest])
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw this.failure(error as Error)
    }
    return (await this.send(['EVAL', text, ...rest])) as unknown[]
  }

  close(): void {
    this.closed = true
    clearInterval(this.beats)
    this.client?.destroy()
    this.client = undefined
  }

  private async connect(): Promise<void> {
    const client = this.make()
    client.on('error', () => this.lost(client))
    client.on('end', () => this.lost(client))
    // Its own limit is for the network's part: what is accepted and never answered would be waited for.
    const impatience = setTimeout(() => client.isOpen && client.destroy(), CONNECT_MS)
    try {
      await client.connect()
    } catch (error) {
      if (client.isOpen) client.destroy()
      throw error
    } finally {
      clearTimeout(impatience)
    }
    if (this.closed) return client.destroy()
    this.client = client
    this.generation++
    this.lostSince = 0
    this.beatSince = 0
  }

  private lost(client: RedisClientType): void {
    if (this.client !== client) return
    this.client = undefined
    this.lostSince ||= this.beatSince || performance.now()
    if (client.isOpen) client.destroy()
    if (this.closed) return
    this.log('the session store is lost; connecting again')
    void this.connectAgain()
  }

  private async connectAgain(): Promise<void> {
    for (let pause = PAUSE_MS; !this.closed; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        await this.connect()
        return this.log('the session store answers again')
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)))
      }
    }
  }

  /** Asks whether it is there: a cut network says nothing. */
  private beat(): void {
    const { client } = this
    if (!client) return
    const now = performance.now()
    if (this.beatSince !== 0) {
      if (now - this.beatSince > PATIENCE_MS) setImmediate(() => this.loseSilent(client))
      return
    }
    this.beatSince = now
    client.sendCommand(['PING']).then(
      () => {
        if (this.client === client) this.beatSince = 0
      },
      () => this.lost(client),
    )
  }

  /** What came in while this process stood still has been read by now. */
  private loseSilent(client: RedisClientType): void {
    if (this.client === client && this.beatSince !== 0) this.lost(client)
  }

  /** One that may not write, as a replica that was the primary, is of no use. */
  private failure(error: Error): DimaError {
    if (error.message.startsWith('READONLY') && this.client) this.lost(this.client)
    return unreachable(this.said(error))
  }

  private said(error: unknown): string {
    const { message, code } = error as NodeJS.ErrnoException
    const { password } = new URL(this.url)
    const text = message || code || 'no answer'
    return password ? text.replaceAll(decodeURIComponent(password), '***') : text
  }
}

/** Without user and password. */
export function shown(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

const unreachable = (why = 'it can not be reached'): DimaError =>
  new DimaError(
    'session_store',
    `the session store: ${why}; the outcome is unknown, repeat the same step_id`,
    {
      retryAfterSeconds: 1,
    },
  )
