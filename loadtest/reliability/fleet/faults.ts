// What happens to the servers of a fleet, one thing after the other: in any order, which is a function of the seed.
import { setTimeout as after } from 'node:timers/promises'
import { Rng } from '../../../src/common/rng.ts'
import type { Fleet, Member } from './fleet.ts'
import { CUTS, type Cut } from './relay.ts'

export const FAULTS = ['kill', 'freeze', 'cut', 'drain', 'rollback'] as const
export type Fault = (typeof FAULTS)[number]

/** How often each. */
export type Counts = Record<Fault, number>

export interface Planned {
  fault: Fault
  /** which server, of those that have sockets then */
  draw: number
  /** of its store, where that is the fault */
  cut: Cut
  /** before it */
  pauseMs: number
}

const FREEZE_MS = 5000
const CUT_MS = 3000
const MOST_PAUSE_MS = 300
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
  return all.map(({ fault, n }) => ({
    fault,
    draw: rng.uint32(),
    cut: CUTS[n % CUTS.length]!,
    pauseMs: rng.int(MOST_PAUSE_MS),
  }))
}

/** Resolves when it is over and the server is there again, with which it was. */
export async function strike(fleet: Fleet, { fault, draw, cut }: Planned): Promise<number> {
  const hit = await fleet.busy()
  const member = hit[draw % hit.length]!
  if (fault === 'cut') await cutStore(member, cut)
  else if (fault === 'rollback') await rollBack(fleet, member)
  else await STRIKES[fault](member)
  return fleet.members.indexOf(member) + 1
}

const STRIKES: Record<Exclude<Fault, 'cut' | 'rollback'>, (member: Member) => Promise<void>> = {
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
}

async function cutStore({ relay }: Member, cut: Cut): Promise<void> {
  relay.begin(cut)
  await after(CUT_MS)
  relay.heal()
}

/** The store comes back as it was a second before, and a server that knew better is gone as well. */
async function rollBack({ redis }: Fleet, member: Member): Promise<void> {
  const saved = await redis.ask('SAVE')
  if (saved !== '+OK') throw new Error(`the store does not save: ${saved}`)
  await after(ROLLBACK_MS)
  member.signal('SIGKILL')
  await redis.kill()
  await redis.start()
  await member.gone()
  await member.start()
}
