import { answerOf, demandRefusal } from '../broken.ts'
import type { Check } from '../check.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'

export const vectorClosing: Check<GuardedVectorEnv> = {
  title: 'close(): may be called twice; afterwards every call is refused',
  async run(guard) {
    const { env } = guard
    await guard.reset()
    await answerOf('close()', () => env.close())
    await answerOf('close() for the second time', () => env.close())
    await demandRefusal('reset() after close()', 'environment_closed', () => env.reset())
    await demandRefusal('step() after close()', 'environment_closed', () => env.step(guard.sample()))
    return undefined
  },
}
