import { demand, demandRefusal } from '../broken.ts'
import type { Check } from '../check.ts'
import { faultsOf } from '../faults.ts'
import { firstDifference, type Snapshot } from '../snapshot.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'
import { maskOf, snapshotOf, trajectory } from './trajectory.ts'

export const vectorRefusals: Check<GuardedVectorEnv> = {
  title: 'refusals: an agent missing or unknown, a wrong length, NaN and Infinity; no copy has moved',
  async run(guard) {
    await guard.reset({ seed: 2 })
    await refuseAll(guard)
    if (guard.options.deterministic === false) return undefined
    const expected = await trajectory(guard, { seed: 3 })
    const refused = await trajectory(guard, { seed: 3 }, () =>
      guard.ended.length === 0 ? refuseAll(guard) : undefined,
    )
    const difference = firstDifference(expected, refused)
    demand(!difference, 'step()', `refused actions changed what followed: ${difference}`)
    return undefined
  },
}

async function refuseAll(guard: GuardedVectorEnv): Promise<void> {
  const before = await look(guard)
  for (const { call, code, actions, culprit } of faultsOf(guard.sample())) {
    await demandRefusal(call, code, () => guard.env.step(actions), culprit)
    const difference = firstDifference(before, await look(guard))
    demand(!difference, call, `was refused and changed ${difference}`)
  }
}

/** A reset of no copy shows where all stand. */
async function look(guard: GuardedVectorEnv): Promise<Snapshot[]> {
  const { numEnvs, subsetReset } = guard.env
  return subsetReset ? [snapshotOf(await guard.reset({ mask: maskOf(numEnvs, []) }))] : []
}
