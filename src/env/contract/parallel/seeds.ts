import { demand } from '../broken.ts'
import type { Check } from '../check.ts'
import { firstDifference } from '../snapshot.ts'
import type { GuardedEnv } from './guarded-env.ts'
import { episode, trajectory } from './trajectory.ts'

const SEED = 7

export const seeds: Check<GuardedEnv> = {
  title: 'seeds: the same one gives the same trajectory, another one another; without one the stream goes on',
  async run(guard) {
    const { deterministic = true, randomStarts = true } = guard.options
    if (!deterministic) return 'the environment promises no determinism'
    await repeats(guard)
    if (!randomStarts) return 'all episodes start alike, so seeds are not told apart'
    await differ(guard)
    return undefined
  },
}

async function repeats(guard: GuardedEnv): Promise<void> {
  const first = await trajectory(guard, SEED)
  const difference = firstDifference(first, await trajectory(guard, SEED))
  demand(!difference, `reset({ seed: ${SEED} })`, `the same seed gave another trajectory: ${difference}`)
}

async function differ(guard: GuardedEnv): Promise<void> {
  const [one] = await episode(guard, SEED)
  const [next] = await episode(guard)
  const [other] = await episode(guard, SEED + 1)
  const call = `reset({ seed: ${SEED + 1} })`
  demand(!!firstDifference([one!], [other!]), call, `starts just as reset({ seed: ${SEED} }) does`)
  demand(
    !!firstDifference([one!], [next!]),
    'reset()',
    'starts the stream afresh instead of going on with it',
  )
}
