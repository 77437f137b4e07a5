// The course of episodes under random actions; GuardedEnv checks every answer of it.
import { demand, demandRefusal } from '../broken.ts'
import type { Check } from '../check.ts'
import { firstDifference } from '../snapshot.ts'
import type { GuardedEnv } from './guarded-env.ts'

export const episodes: Check<GuardedEnv> = {
  title: 'episodes: observations, states, rewards and flags of every step; after the end only a reset',
  async run(guard) {
    const { steps = 1100 } = guard.options
    let ends = 0
    await guard.reset()
    for (let i = 0; i < steps; i++) {
      await guard.step()
      if (guard.running) continue
      ends++
      await checkEnd(guard)
      await guard.reset()
    }
    return ends > 0 ? undefined : `no episode ended within ${steps} steps, so no end was seen`
  },
}

async function checkEnd(guard: GuardedEnv): Promise<void> {
  const call = 'step() after the end of an episode'
  const before = guard.state()
  await demandRefusal(call, 'no_episode', () => guard.env.step(guard.sample()))
  demand(!guard.running, call, 'started an episode')
  const [one, other] = [before, guard.state()].map((state) => [new Map([['the state', state]])])
  demand(!firstDifference(one!, other!), call, 'was refused and changed the state')
}
