import { demand, demandRefusal } from '../broken.ts'
import type { Check } from '../check.ts'
import { checkSpaces, SPACES_TITLE } from '../check-spaces.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'

const MODES = ['disabled', 'next_step', 'same_step', 'next_step_acted']

export const vectorSpaces: Check<GuardedVectorEnv> = {
  title: `${SPACES_TITLE}; number of copies; autoreset mode`,
  async run({ env }) {
    const { numEnvs, autoreset, subsetReset } = env
    demand(Number.isInteger(numEnvs) && numEnvs > 0, 'numEnvs', `is ${numEnvs}`)
    demand(MODES.includes(autoreset), 'autoreset', `is ${autoreset}, none of ${MODES.join(', ')}`)
    demand(typeof subsetReset === 'boolean', 'subsetReset', `is ${subsetReset}, not a boolean`)
    return checkSpaces(env)
  },
}

export const freshVectorEnv: Check<GuardedVectorEnv> = {
  title: 'before the first reset a step is refused',
  async run(guard) {
    const call = 'step() before the first reset'
    await demandRefusal(call, 'no_episode', () => guard.env.step(guard.sample()))
    await guard.reset()
    return undefined
  },
}
