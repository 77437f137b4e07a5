// Holds an environment against the contract of ParallelEnv, in the spirit of PettingZoo's parallel_api_test.
import type { AnyParallelEnv } from '../parallel-env.ts'
import { type CheckOptions, type CheckResult, checkAll } from './check.ts'
import { parallelChecks } from './parallel/checks.ts'
import { GuardedEnv } from './parallel/guarded-env.ts'

/**
 * Checks a fresh environment, which has never been reset, and closes it. DimaError `contract_broken` names the first
 * rule that is broken, the call and the agent; errors of the physics or of a connection pass as they are.
 */
export const checkParallelEnv = (env: AnyParallelEnv, options: CheckOptions = {}): Promise<CheckResult[]> =>
  checkAll(parallelChecks, env, () => new GuardedEnv(env, options), options)
