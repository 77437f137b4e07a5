// How long an imagined step takes under every plan. Plans take turns and the best time counts: what else the machine does
// then touches all alike.

import type { Episode } from '../../episodes/replay/episode.ts'
import { drawSegments, rolloutOf, sizesOf } from '../held-out.ts'
import { type StudiedWorld, withPlan } from './plan-errors.ts'
import { studiedPlans } from './plans.ts'

/** Milliseconds of one joint step of one row, rewards and observations included. */
export interface PlanCost {
  plan: string
  wallMs: number
  cpuMs: number
}

/** Rows of a rollout, as in the other benchmarks. */
const BATCH = 64

export async function planCosts(
  world: StudiedWorld,
  episodes: Episode[],
  rounds: number,
): Promise<PlanCost[]> {
  const { spec } = world
  const sizes = sizesOf(spec)
  const segments = drawSegments(episodes, BATCH, 1, sizes)
  const plans = studiedPlans(spec.agents.length, spec.sampling)
  const costs = plans.map(({ title }) => ({
    plan: title,
    wallMs: Number.POSITIVE_INFINITY,
    cpuMs: Number.POSITIVE_INFINITY,
  }))
  for (let round = 0; round <= rounds; round++) {
    for (const [i, plan] of plans.entries()) {
      const before = process.cpuUsage()
      const { computeMs } = await withPlan(world, plan).rollout(rolloutOf(segments, sizes, plan, 1))
      const { user, system } = process.cpuUsage(before)
      if (round === 0) continue // warm-up
      const best = costs[i]!
      best.wallMs = Math.min(best.wallMs, computeMs / (BATCH * sizes.horizon))
      best.cpuMs = Math.min(best.cpuMs, (user + system) / 1000 / (BATCH * sizes.horizon))
    }
  }
  return costs
}
