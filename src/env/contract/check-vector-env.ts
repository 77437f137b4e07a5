// Holds many copies that step together against the contract of VectorEnv.
import type { VectorEnv } from '../vector/vector-env.ts'
import { type CheckResult, checkAll } from './check.ts'
import { vectorChecks } from './vector/checks.ts'
import { GuardedVectorEnv } from './vector/guarded-vector-env.ts'
import type { VectorCheckOptions } from './vector/options.ts'

/** As `checkParallelEnv`. Use two copies or more: with one, nothing can be seen to be mixed up. */
export const checkVectorEnv = (env: VectorEnv, options: VectorCheckOptions = {}): Promise<CheckResult[]> =>
  checkAll(vectorChecks, env, () => new GuardedVectorEnv(env, options), options)
