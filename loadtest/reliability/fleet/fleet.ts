// Servers of one fleet on this machine: a store, a relay to it for each server, and HAProxy in front of all.
import { setTimeout as after } from 'node:timers/promises'
import { scrape } from '../../server-metrics.ts'
import { readiness } from '../readiness.ts'
import { type ServerProcess, startServer } from '../server-process.ts'
import { type FrontDoor, openProxy } from './proxy.ts'
import { freePort, type RedisServer, startRedis } from './redis-server.ts'
import { Relay } from './relay.ts'

/** As many as deploy/haproxy.cfg has. */
export const SERVERS = 3
const START_MS = 60_000
const LOOK_MS = 20
/** The proxy looks twice a second whether a server is there again. */
const SEEN_MS = 700

/** What all servers here are, in a fleet and alone. */
export const settingsFor = (models: string) => ({
  MODELS: models,
  EXECUTORS: '1',
  PAGE: 'false',
  RELOAD_SECONDS: '0',
  LOG_LEVEL: 'info',
})

/** One of them, which may be another process after each start. */
export class Member {
  readonly port: number
  readonly relay: Relay
  private readonly models: string
  private running!: ServerProcess

  constructor(port: number, relay: Relay, models: string) {
    this.port = port
    this.relay = relay
    this.models = models
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const store = `redis://127.0.0.1:${this.relay.port}`
    const settings = { ...settingsFor(this.models), PORT: String(this.port), SESSION_STORE: store }
    this.running = await startServer({ settings })
    await this.ready()
  }

  async ready(): Promise<void> {
    const limit = performance.now() + START_MS
    while (!(await readiness(this.running).catch(() => false))) {
      if (performance.now() > limit) throw new Error('a server does not become ready')
      await after(LOOK_MS)
    }
  }

  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.running.pid, name)
  }

  async gone(): Promise<void> {
    while (this.running.alive()) await after(LOOK_MS)
  }

  async sockets(): Promise<number> {
    return (await scrape(this.running.url)).get('wm_sockets_open') ?? 0
  }

  /** As an operator does; its exit code. */
  stop(): Promise<number | null> {
    return this.running.stop()
  }
}

export class Fleet {
  readonly members: Member[]
  readonly redis: RedisServer
  private readonly proxy: FrontDoor

  private constructor(members: Member[], redis: RedisServer, proxy: FrontDoor) {
    this.members = members
    this.redis = redis
    this.proxy = proxy
  }

  static async start(models: string): Promise<Fleet> {
    const redis = await startRedis()
    const members: Member[] = []
    for (let i = 0; i < SERVERS; i++)
      members.push(new Member(await freePort(), await Relay.open(redis.port), models))
    await Promise.all(members.map((member) => member.start()))
    return new Fleet(members, redis, await openProxy(members.map(({ port }) => port)))
  }

  get url(): string {
    return `http://127.0.0.1:${this.proxy.port}`
  }

  /** Servers that have sockets: one that has just come back has none. All where none has. */
  async busy(): Promise<Member[]> {
    const sockets = await Promise.all(this.members.map((member) => member.sockets()))
    const busy = this.members.filter((_, i) => sockets[i]! > 0)
    return busy.length > 0 ? busy : this.members
  }

  /** Resolves when the proxy has seen that all are there. */
  async whole(): Promise<void> {
    await Promise.all(this.members.map((member) => member.ready()))
    await after(SEEN_MS)
  }

  async stop(): Promise<void> {
    for (const { relay } of this.members) relay.heal()
    await Promise.all(this.members.map((member) => member.stop()))
    for (const { relay } of this.members) relay.close()
    await this.proxy.close()
    await this.redis.close()
  }
}
