// Episodes of one of our own tasks.
import { availableParallelism } from 'node:os'
import { taskSpec } from '../../env/make-env.ts'
import { makeVectorEnv } from '../../env/vector/make-vector-env.ts'
import { uniformEnv } from '../../env/vector/uniform-env.ts'
import { type PlayOptions, VectorSource } from './vector-source.ts'

export interface EnvironmentOptions extends PlayOptions {
  /** Copies that play side by side, no part of the result; 0: as many as are of use. */
  envs: number
  /** actions and observations as long as each agent's own are, and not padded */
  asDeclared?: boolean | undefined
  /** How many steps are going to be played, as far as that is known. */
  steps: number
}

const MOST_COPIES = 8
/** Copies that an evaluation plays in, unless it has fewer episodes: as many as the paper's. */
const STAGE_COPIES = 10
/** Steps that are worth the start of threads, which takes as long as thousands of them. */
const LONG = 100_000

/** Episode i is a function of the task, the seed and i, to the last bit. */
export async function openEnvironment(task: string, options: EnvironmentOptions): Promise<VectorSource> {
  const spec = taskSpec(task)
  const numEnvs = options.envs || Math.min(MOST_COPIES, Math.ceil(options.steps / spec.episodeLimit))
  const workers = options.steps < LONG ? 0 : Math.min(availableParallelism(), numEnvs)
  const open = async (copies: number) => {
    const env = await makeVectorEnv(task, { numEnvs: copies, workers, autoreset: 'disabled', copy: false })
    return options.asDeclared ? env : uniformEnv(env, spec)
  }
  const source = new VectorSource({ spec }, { kind: 'environment' }, await open(numEnvs), options)
  return source.playIn((episodes) => open(Math.min(STAGE_COPIES, episodes)))
}
