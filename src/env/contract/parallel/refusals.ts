// Faulty actions: refused by name, and nothing has moved.
import { demand, demandRefusal } from '../broken.ts'
import type { Check } from '../check.ts'
import { faultsOf } from '../faults.ts'
import { firstDifference } from '../snapshot.ts'
import type { GuardedEnv } from './guarded-env.ts'
import { trajectory } from './trajectory.ts'

export const refusals: Check<GuardedEnv> = {
  title:
    'refusals: an agent missing or unknown, a wrong length, NaN and Infinity; the environment stays as it was',
  async run(guard) {
    await guard.reset({ seed: 2 })
    await refuseAll(guard)
    if (guard.options.deterministic === false) return undefined
    const expected = await trajectory(guard, 3)
    const refused = await trajectory(guard, 3, () => (guard.running ? refuseAll(guard) : undefined))
    const difference = firstDifference(expected, refused)
    demand(!difference, 'step()', `refused actions changed what followed: ${difference}`)
    return undefined
  },
}

async function refuseAll(guard: GuardedEnv): Promise<void> {
  const before = guard.state()
  const agents = guard.env.agents
  for (const { call, code, actions, culprit } of faultsOf(guard.sample())) {
    await demandRefusal(call, code, () => guard.env.step(actions), culprit)
    const moved = guard.state().some((value, i) => !Object.is(value, before[i]))
    demand(!moved, call, 'was refused and changed the state')
    demand(guard.env.agents.length === agents.length, call, 'was refused and ended the episode')
  }
}
