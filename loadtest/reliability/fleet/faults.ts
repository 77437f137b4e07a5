// What happens to the servers of a fleet, one thing after the other: in any order, which is a function of the seed.
import { setTimeout as after } from 'node:timers/promises'
import { Rng } from '../../../src/common/rng.ts'
import type { Fleet, Member } from './fleet.ts'
import type { RedisServer } from './redis-server.ts'
import { CUTS, type Cut } from './relay.ts'

export const FAULTS = ['kill', 'freeze', 'cut', 'drain', 'rollback', 'restart', 'wipe'] as const
export type Fault = (typeof FAULTS)[number]

/** How often each. */
export type Counts = Record<Fault, number>

/** When the store writes its log to the disk (appendfsync), for those that it is restarted from. */
const SYNCS = ['everysec', 'always'] as const
type Sync = (typeof SYNCS)[number]

/** Ways of a fault, which take turns. */
const WAYS: Partial<Record<Fault, readonly (Cut | Sync)[]>> = { cut: CUTS, restart: SYNCS }

export interface Planned {
  fault: Fault
  /** which server, of those that have sockets then */
  draw: number
  /** of those that the fault has */
  way?: Cut | Sync | undefined
  /** before it */
  pauseMs: number
}

const FREEZE_MS = 5000
const CUT_MS = 3000
const MOST_PAUSE_MS = 300
const LOOK_MS = 20
/** Of what the store loses. */
const ROLLBACK_MS = 1000

export function scheduleOf(seed: number, counts: Counts): Planned[] {
  const rng = new Rng(seed, 'faults')
  const all = FAULTS.flatMap((fault) => Array.from({ length: counts[fault] }, (_, n) => ({ fault, n })))
  for (let last = all.length - 1; last > 0; last--) {
    const other = rng.int(last + 1)
    const moved = all[last]!
    all[last] = all[other]!
    all[other] = moved
  }
  return all.map(({ fault, n }) => {
    const ways = WAYS[fault] ?? []
    return { fault, draw: rng.uint32(), way: ways[n % ways.length], pauseMs: rng.int(MOST_PAUSE_MS) }
  })
}

/** Resolves when it is over and the server is there again, with which it was. */
export async function strike(fleet: Fleet, { fault, draw, way }: Planned): Promise<number> {
  const hit = await fleet.busy()
  const member = hit[draw % hit.length]!
  await STRIKES[fault](member, fleet.redis, way)
  return fleet.members.indexOf(member) + 1
}

type Strike = (member: Member, redis: RedisServer, way: Planned['way']) => Promise<void>

const STRIKES: Record<Fault, Strike> = {
  async kill(member) {
    member.signal('SIGKILL')
    await member.gone()
    await member.start()
  },
  async freeze(member) {
    member.signal('SIGSTOP')
    await after(FREEZE_MS)
    member.signal('SIGCONT')
  },
  async drain(member) {
    const code = await member.stop()
    if (code !== 0) throw new Error(`a server that was stopped ended with ${code}`)
    await member.start()
  },
  async cut({ relay }, _redis, way) {
    relay.begin(way as Cut)
    await after(CUT_MS)
    relay.heal()
  },
  /** The store comes back as it was a second before, and a server that knew better is gone as well. */
  async rollback(member, redis) {
    await redis.insist('SAVE')
    await after(ROLLBACK_MS)
    await withStore(member, redis, () => redis.start())
  },
  /** The store comes back from its log, and a server is gone as well: what that had answered is in the log alone. */
  async restart(member, redis, way) {
    await redis.insist(`CONFIG SET appendfsync ${way}`)
    await redis.insist('CONFIG SET appendonly yes')
    while (!/aof_enabled:1[\s\S]*aof_rewrite_in_progress:0/.test(await redis.ask('INFO persistence')))
      await after(LOOK_MS)
    await after(ROLLBACK_MS)
    await withStore(member, redis, () => redis.start('--appendonly', 'yes', '--appendfsync', String(way)))
    await redis.insist('CONFIG SET appendonly no')
  },
  /** The store comes back without anything; servers know all that it had. */
  async wipe(_member, redis) {
    await redis.kill()
    redis.forget()
    await redis.start()
  },
}

/** Ends a server and the store by SIGKILL, and starts both again. */
async function withStore(member: Member, redis: RedisServer, start: () => Promise<void>): Promise<void> {
  member.signal('SIGKILL')
  await redis.kill()
  await start()
  await member.gone()
  await member.start()
}
