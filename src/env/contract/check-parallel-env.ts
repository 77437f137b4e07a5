// Holds an environment against the contract of ParallelEnv, in the spirit of PettingZoo's parallel_api_test.
import type { AnyParallelEnv } from '../parallel-env.ts'
import { type CheckOptions, type CheckResult, runChecks } from './check.ts'
import { closeQuietly } from './close-quietly.ts'
import { parallelChecks } from './parallel/checks.ts'
import { GuardedEnv } from './parallel/guarded-env.ts'

/**
 * Checks a fresh environment, which has never been reset, and closes it. DimaError `contract_broken` names the first
 * rule that is broken, the call and the agent; errors of the physics or of a connection pass as they are.
 */
export async function checkParallelEnv(
  env: AnyParallelEnv,
  options: CheckOptions = {},
): Promise<CheckResult[]> {
  try {
    return await runChecks(parallelChecks, new GuardedEnv(env, options), options)
  } catch (error) {
    await closeQuietly(env)
    throw error
  }
}
