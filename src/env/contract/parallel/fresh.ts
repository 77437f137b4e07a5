import { demand, demandRefusal } from '../broken.ts'
import type { Check } from '../check.ts'
import type { GuardedEnv } from './guarded-env.ts'

export const freshEnvironment: Check<GuardedEnv> = {
  title: 'before the first reset: no agent acts, a step is refused',
  async run(guard) {
    const { env } = guard
    demand(env.agents.length === 0, 'agents', `is ${env.agents.join(', ')} before the first reset`)
    await demandRefusal('step() before the first reset', 'no_episode', () => env.step(guard.sample()))
    demand(env.agents.length === 0, 'step() before the first reset', 'started an episode')
    await guard.reset()
    return undefined
  },
}
