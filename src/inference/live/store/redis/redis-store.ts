// Sessions in Valkey or Redis: a string for each, which expires by itself. What is committed in one turn of the event loop goes
// in one call, as steps of one batch come together: alone a call costs the server ten times as much as its share of many.
import { randomUUID } from 'node:crypto'
import type { Outcome, SessionStore, Token } from '../store.ts'
import { type Argument, Connection } from './connection.ts'
import { CHECK, CLAIM, COMMIT, CREATE, END, type Script, TOUCH } from './scripts.ts'

/** Sessions in one call. */
const MOST = 64
/** What a session outlives the time that it may be idle by, so that its holder is the one that ends it. */
const LONGER_MS = 30_000
const EPOCH_KEY = 'dima:e'
const OUTCOME: Record<number, Outcome> = { 1: 'kept', [-1]: 'moved', [-2]: 'absent' }

interface Waiting {
  id: string
  record: Buffer
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

export interface RedisStoreOptions {
  /** redis:// or rediss://, with user and password where they are needed */
  url: string
  /** 0: sessions stay until they are ended */
  idleTimeoutMs: number
  log?: (message: string) => void
  /** A call of the store has ended. */
  observe?: (call: string, rows: number, seconds: number, failed: boolean) => void
}

/** Throws DimaError `invalid_config` when the store can't be used. */
export async function openRedisStore(options: RedisStoreOptions): Promise<SessionStore> {
  const connection = await Connection.open(options.url, options.log ?? (() => {}))
  const store = new RedisStore(connection, options)
  try {
    await store.touch([])
  } catch (error) {
    store.close()
    throw error
  }
  return store
}

class RedisStore implements SessionStore {
  private readonly connection: Connection
  private readonly px: string
  private readonly observe: NonNullable<RedisStoreOptions['observe']>
  private readonly name = randomUUID()
  private calls = 0
  private seen = ''
  private waiting: Waiting[] = []

  constructor(connection: Connection, { idleTimeoutMs, observe }: RedisStoreOptions) {
    this.connection = connection
    this.px = idleTimeoutMs === 0 ? '0' : String(Math.ceil(idleTimeoutMs + LONGER_MS))
    this.observe = observe ?? (() => {})
  }

  /** Of another connection, too: a store may have lost something while it was restarted, and still have its epoch. */
  get epoch(): string {
    return `${this.seen}/${this.connection.generation}`
  }

  get lostMs(): number {
    return this.connection.lostMs
  }

  async create(id: string, record: Buffer): Promise<boolean> {
    return (await this.call('create', CREATE, [keyOf(id)], [this.px, record]))[0] === 1
  }

  async peek(id: string): Promise<Buffer | undefined> {
    const value = await this.timed('peek', 1, () => this.connection.send(['GET', keyOf(id)]))
    return value === null ? undefined : (value as Buffer)
  }

  async claim(id: string, seen: Buffer, nonce: Buffer): Promise<boolean> {
    return (await this.call('claim', CLAIM, [keyOf(id)], [seen, nonce]))[0] === 1
  }

  commit(id: string, record: Buffer): Promise<Outcome> {
    if (this.waiting.length === 0) setImmediate(() => this.flush())
    return new Promise((resolve, reject) => this.waiting.push({ id, record, resolve, reject }))
  }

  async check(id: string, token: Token): Promise<Outcome> {
    const [code] = await this.call('check', CHECK, [keyOf(id)], [bytesOf(token)])
    return OUTCOME[code!]!
  }

  async end(id: string, token: Token): Promise<Outcome> {
    const [code] = await this.call('end', END, [keyOf(id)], [bytesOf(token)])
    return OUTCOME[code!]!
  }

  async touch(ids: readonly string[]): Promise<void> {
    if (this.px === '0' && ids.length > 0) return
    for (let from = 0; from === 0 || from < ids.length; from += MOST)
      await this.call('touch', TOUCH, ids.slice(from, from + MOST).map(keyOf), [this.px])
  }

  close(): void {
    this.connection.close()
  }

  private flush(): void {
    const all = this.waiting
    this.waiting = []
    for (let from = 0; from < all.length; from += MOST) void this.write(all.slice(from, from + MOST))
  }

  private async write(rows: Waiting[]): Promise<void> {
    try {
      const keys = rows.map(({ id }) => keyOf(id))
      const codes = await this.call('commit', COMMIT, keys, [this.px, ...rows.map(({ record }) => record)])
      for (const [i, { resolve }] of rows.entries()) resolve(OUTCOME[codes[i]!]!)
    } catch (error) {
      for (const { reject } of rows) reject(error)
    }
  }

  /** What a script answers, less the epoch, which is remembered. */
  private call(name: string, script: Script, keys: string[], values: Argument[]): Promise<number[]> {
    return this.timed(name, keys.length, async () => {
      const [epoch, ...codes] = await this.connection.run(
        script,
        [EPOCH_KEY, ...keys],
        [`${this.name}.${++this.calls}`, ...values],
      )
      this.seen = String(epoch)
      return codes as number[]
    })
  }

  private async timed<T>(name: string, rows: number, work: () => Promise<T>): Promise<T> {
    const from = performance.now()
    let failed = true
    try {
      const result = await work()
      failed = false
      return result
    } finally {
      this.observe(name, rows, (performance.now() - from) / 1000, failed)
    }
  }
}

const keyOf = (id: string): string => `dima:s:${id}`

function bytesOf({ fence, nonce }: Token): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64BE(BigInt(fence), 0)
  nonce.copy(bytes, 8)
  return bytes
}
