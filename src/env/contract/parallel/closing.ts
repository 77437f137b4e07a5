import { answerOf, demand, demandRefusal } from '../broken.ts'
import type { Check } from '../check.ts'
import type { GuardedEnv } from './guarded-env.ts'

export const closing: Check<GuardedEnv> = {
  title: 'close(): may be called twice; afterwards no agent acts and every call is refused',
  async run(guard) {
    const { env } = guard
    await guard.reset()
    const actions = guard.sample()
    await answerOf('close()', () => env.close())
    await answerOf('close() for the second time', () => env.close())
    demand(env.agents.length === 0, 'agents', `is ${env.agents.join(', ')} after close()`)
    await demandRefusal('reset() after close()', 'environment_closed', () => env.reset())
    await demandRefusal('step() after close()', 'environment_closed', () => env.step(actions))
    await demandRefusal('state() after close()', 'environment_closed', () => env.state())
    return undefined
  },
}
