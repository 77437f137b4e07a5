// Sessions in Valkey or Redis: a string for each, which expires by itself. What is committed in one turn of the event loop goes
// in one call, as steps of one batch come together: alone a call costs the server ten times as much as its share of many.
import { randomUUID } from 'node:crypto'
import type { Outcome, SessionStore, Token } from '../store.ts'
import { type Argument, Connection } from './connection.ts'
import { byTag, epochKey, sessionKey, tagOf } from './keys.ts'
import { CHECK, CLAIM, COMMIT, CREATE, END, type Script, TOUCH } from './scripts.ts'

/** Sessions in one call. */
const MOST = 64
/** What a session outlives the time that it may be idle by, so that its holder is the one that ends it. */
const LONGER_MS = 30_000
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
  /** hash tags that sessions are spread over (keys.ts). Default: 1 */
  tags?: number
  log?: (message: string) => void
  /** A call of the store has ended. */
  observe?: (call: string, rows: number, seconds: number, failed: boolean) => void
}

/** Throws DimaError `invalid_config` when the store can't be used. */
export async function openRedisStore(options: RedisStoreOptions): Promise<SessionStore> {
  const connection = await Connection.open(options.url, options.log ?? (() => {}))
  const store = new RedisStore(connection, options)
  try {
    await store.tryOut()
  } catch (error) {
    store.close()
    throw error
  }
  return store
}

class RedisStore implements SessionStore {
  private readonly connection: Connection
  private readonly px: string
  private readonly tags: number
  private readonly observe: NonNullable<RedisStoreOptions['observe']>
  private readonly name = randomUUID()
  private calls = 0
  /** epochs by tag */
  private readonly seen: string[]
  private waiting: Waiting[] = []

  constructor(connection: Connection, { idleTimeoutMs, tags = 1, observe }: RedisStoreOptions) {
    this.connection = connection
    this.tags = tags
    this.seen = Array(tags).fill('')
    this.px = idleTimeoutMs === 0 ? '0' : String(Math.ceil(idleTimeoutMs + LONGER_MS))
    this.observe = observe ?? (() => {})
  }

  /** Of another connection, too: a store may have lost something while it was restarted, and still have its epoch. */
  epochOf(id: string): string {
    return `${this.seen[tagOf(id, this.tags)]}/${this.connection.generation}`
  }

  get lostMs(): number {
    return this.connection.lostMs
  }

  async create(id: string, record: Buffer): Promise<boolean> {
    return (await this.callOne('create', CREATE, id, [this.px, record])) === 1
  }

  async peek(id: string): Promise<Buffer | undefined> {
    const value = await this.timed('peek', 1, () => this.connection.send(['GET', this.keyOf(id)]))
    return value === null ? undefined : (value as Buffer)
  }

  async claim(id: string, seen: Buffer, nonce: Buffer): Promise<boolean> {
    return (await this.callOne('claim', CLAIM, id, [seen, nonce])) === 1
  }

  commit(id: string, record: Buffer): Promise<Outcome> {
    if (this.waiting.length === 0) setImmediate(() => this.flush())
    return new Promise((resolve, reject) => this.waiting.push({ id, record, resolve, reject }))
  }

  async check(id: string, token: Token): Promise<Outcome> {
    return OUTCOME[await this.callOne('check', CHECK, id, [bytesOf(token)])]!
  }

  async end(id: string, token: Token): Promise<Outcome> {
    return OUTCOME[await this.callOne('end', END, id, [bytesOf(token)])]!
  }

  async touch(ids: readonly string[]): Promise<void> {
    if (this.px === '0') return
    for (const [tag, all] of byTag(ids, this.tags, (id) => id))
      for (const some of chunked(all)) await this.call('touch', TOUCH, tag, some, [this.px])
  }

  /** Whether it runs scripts; learns the epochs. */
  async tryOut(): Promise<void> {
    for (let tag = 0; tag < this.tags; tag++) await this.call('touch', TOUCH, tag, [], ['0'])
  }

  close(): void {
    this.connection.close()
  }

  private flush(): void {
    const all = this.waiting
    this.waiting = []
    for (const [tag, rows] of byTag(all, this.tags, ({ id }) => id))
      for (const some of chunked(rows)) void this.write(tag, some)
  }

  private async write(tag: number, rows: Waiting[]): Promise<void> {
    try {
      const ids = rows.map(({ id }) => id)
      const values = [this.px, ...rows.map(({ record }) => record)]
      const codes = await this.call('commit', COMMIT, tag, ids, values)
      for (const [i, { resolve }] of rows.entries()) resolve(OUTCOME[codes[i]!]!)
    } catch (error) {
      for (const { reject } of rows) reject(error)
    }
  }

  private keyOf(id: string): string {
    return sessionKey(id, tagOf(id, this.tags))
  }

  private async callOne(name: string, script: Script, id: string, values: Argument[]): Promise<number> {
    return (await this.call(name, script, tagOf(id, this.tags), [id], values))[0]!
  }

  /** What a script answers, less the epoch, which is remembered. @param ids of sessions of this tag */
  private call(
    name: string,
    script: Script,
    tag: number,
    ids: readonly string[],
    values: Argument[],
  ): Promise<number[]> {
    return this.timed(name, ids.length, async () => {
      const keys = [epochKey(tag), ...ids.map((id) => sessionKey(id, tag))]
      const given = [`${this.name}.${++this.calls}`, ...values]
      const [epoch, ...codes] = await this.connection.run(script, keys, given)
      this.seen[tag] = String(epoch)
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

function* chunked<T>(items: readonly T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += MOST) yield items.slice(from, from + MOST)
}

function bytesOf({ fence, nonce }: Token): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64BE(BigInt(fence), 0)
  nonce.copy(bytes, 8)
  return bytes
}
