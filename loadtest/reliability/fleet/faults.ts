// What happens to the servers of a fleet, one thing after the other: in any order, which is a function of the seed.
import { setTimeout as after } from 'node:timers/promises'
import { Rng } from '../../../src/common/rng.ts'
import type { Fleet, Member } from './fleet.ts'
import { CUTS, type Cut } from './relay.ts'

export const FAULTS = ['kill', 'freeze', 'cut', 'drain'] as const
export type Fault = (typeof FAULTS)[number]

/** How often each. */
export type Counts = Record<Fault, number>

export interface Planned {
  fault: Fault
  /** which server */
  victim: number
  /** of its store, where that is the fault */
  cut: Cut
  /** before it */
  pauseMs: number
}

const FREEZE_MS = 5000
const CUT_MS = 3000
const MOST_PAUSE_MS = 300

export function scheduleOf(seed: number, counts: Counts, servers: number): Planned[] {
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
    victim: rng.int(servers),
    cut: CUTS[n % CUTS.length]!,
    pauseMs: rng.int(MOST_PAUSE_MS),
  }))
}

/** Resolves when it is over and the server is there again. */
export async function strike({ members }: Fleet, { fault, victim, cut }: Planned): Promise<void> {
  const member = members[victim]!
  if (fault === 'cut') await cutStore(member, cut)
  else await STRIKES[fault](member)
}

const STRIKES: Record<Exclude<Fault, 'cut'>, (member: Member) => Promise<void>> = {
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
