// The rules of VectorEnv in the order in which they are tried: the first want a fresh environment, the last closes it.
import type { Check } from '../check.ts'
import { vectorClosing } from './closing.ts'
import { vectorEpisodes } from './episodes.ts'
import { freshVectorEnv, vectorSpaces } from './fresh.ts'
import type { GuardedVectorEnv } from './guarded-vector-env.ts'
import { masks } from './masks.ts'
import { vectorOwnArrays } from './own-arrays.ts'
import { vectorRefusals } from './refusals.ts'
import { resettingStep } from './resetting-step.ts'
import { vectorSeeds } from './seeds.ts'

export const vectorChecks: readonly Check<GuardedVectorEnv>[] = [
  vectorSpaces,
  freshVectorEnv,
  vectorEpisodes,
  vectorSeeds, // the next four compare trajectories
  resettingStep,
  masks,
  vectorRefusals,
  vectorOwnArrays,
  vectorClosing,
]
