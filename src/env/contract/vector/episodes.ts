// The course of episodes under random actions; GuardedVectorEnv checks every answer of it.
import type { VectorReset, VectorStep } from '../../vector/vector-env.ts'
import { demand, demandRefusal } from '../broken.ts'
import type { Check } from '../check.ts'
import { firstDifference } from '../snapshot.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'
import { maskOf, resetEnded, rowOf, snapshotOf } from './trajectory.ts'

export const vectorEpisodes: Check<GuardedVectorEnv> = {
  title: 'episodes: shapes, numbers and flags of every step; what follows an end, by the autoreset mode',
  async run(guard) {
    const { steps = 1100 } = guard.options
    await startUnevenly(guard)
    const before = guard.ends
    for (let i = 0; i < steps; i++) {
      const answer = await guard.step()
      if (guard.env.autoreset === 'disabled' && guard.ended.length > 0) await resetAfterEnd(guard, answer)
    }
    return guard.ends > before ? undefined : `no episode ended within ${steps} steps, so no end was seen`
  },
}

/** Copies that start together may end together; then a mistake in who is reset would not show. */
async function startUnevenly(guard: GuardedVectorEnv): Promise<void> {
  const { numEnvs, subsetReset } = guard.env
  await guard.reset()
  await guard.step()
  await resetEnded(guard)
  if (subsetReset && numEnvs > 1) await guard.reset({ mask: maskOf(numEnvs, [0]) })
}

async function resetAfterEnd(guard: GuardedVectorEnv, last: VectorStep): Promise<void> {
  const { env, ended } = guard
  const call = `step() while copies ${ended} need a reset`
  const before = snapshotOf({ observations: last.observations, states: last.states })
  await demandRefusal(call, 'no_episode', () => env.step(guard.sample()))
  const answer = (await resetEnded(guard)) as VectorReset
  if (!env.subsetReset) return
  for (let copy = 0; copy < env.numEnvs; copy++) {
    if (ended.includes(copy)) continue
    const rows = [before, snapshotOf(answer)].map((snapshot) => [rowOf(snapshot, copy, env.numEnvs)])
    const difference = firstDifference(rows[0]!, rows[1]!)
    demand(!difference, 'reset({ mask })', `changed copy ${copy}, which it was not to reset: ${difference}`)
  }
}
