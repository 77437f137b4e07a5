// The rules of ParallelEnv in the order in which they are tried: the first want a fresh environment, the last closes it.
import type { Check } from '../check.ts'
import { checkSpaces, SPACES_TITLE } from '../check-spaces.ts'
import { closing } from './closing.ts'
import { episodes } from './episodes.ts'
import { freshEnvironment } from './fresh.ts'
import type { GuardedEnv } from './guarded-env.ts'
import { ownArrays } from './own-arrays.ts'
import { refusals } from './refusals.ts'
import { seeds } from './seeds.ts'
import { stateCopies } from './state.ts'

export const parallelChecks: readonly Check<GuardedEnv>[] = [
  { title: SPACES_TITLE, run: ({ env }) => checkSpaces(env) },
  freshEnvironment,
  episodes,
  stateCopies,
  seeds, // the next two compare trajectories
  refusals,
  ownArrays,
  closing,
]
