// Episodes of an environment behind a bridge.
import { DimaError } from '../../common/errors.ts'
import { BridgeVectorEnv } from '../../env/bridge/bridge-vector-env.ts'
import { placeOf } from '../../env/bridge/connection-errors.ts'
import { scaledTask } from '../../env/scaled-actions.ts'
import { uniformEnv } from '../../env/vector/uniform-env.ts'
import type { Note } from './source.ts'
import { type PlayOptions, VectorSource } from './vector-source.ts'

export interface BridgeOptions extends PlayOptions {
  /** 0: one */
  envs: number
  /** the name of an environment variable, or '' */
  envTokenVariable: string
  /** actions and observations as the server has them, neither scaled nor padded */
  asDeclared?: boolean | undefined
  rewardsApart?: boolean | undefined
  note?: Note
}

/** DimaError `bridge_lost`, `bridge_refused`, `bridge_protocol`; they also come from its episodes, and end the run. */
export async function openBridge(url: string, task: string, options: BridgeOptions): Promise<VectorSource> {
  const token = tokenIn(options.envTokenVariable)
  const numEnvs = options.envs || 1
  const env = await BridgeVectorEnv.connect(url, {
    env: task,
    numEnvs,
    seed: options.seed,
    copy: false,
    ...(token && { token }),
    ...(options.note && !options.rewardsApart && { note: options.note }),
  })
  // Without user, password and query: run folders are passed on.
  const place = placeOf(url).replace(/\/$/, '')
  const origin = { kind: 'bridge', url: place, deterministic: env.deterministic } as const
  if (options.asDeclared) return new VectorSource(env, origin, env, options)
  const declared = {
    get spec() {
      return scaledTask(env.spec, env) // its reward may be worded anew
    },
  }
  return new VectorSource(declared, origin, uniformEnv(env, declared.spec), options)
}

function tokenIn(variable: string): string {
  if (!variable) return ''
  const token = process.env[variable]
  if (token) return token
  throw new DimaError('invalid_config', `the environment variable ${variable} holds no token`, {
    field: 'envTokenVariable',
    given: variable,
  })
}
