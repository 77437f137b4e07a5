// Episodes of an environment behind a bridge.
import { DimaError } from '../../common/errors.ts'
import { BridgeVectorEnv } from '../../env/bridge/bridge-vector-env.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import { type PlayOptions, VectorSource } from './vector-source.ts'

export interface BridgeOptions extends PlayOptions {
  /** 0: one */
  envs: number
  /** the name of an environment variable, or '' */
  envTokenVariable: string
}

export async function openBridge(url: string, task: string, options: BridgeOptions): Promise<VectorSource> {
  const token = tokenIn(options.envTokenVariable)
  const numEnvs = options.envs || 1
  const env = await BridgeVectorEnv.connect(url, {
    env: task,
    numEnvs,
    seed: options.seed,
    ...(token && { token }),
  })
  try {
    checkBounds(env.spec)
  } catch (error) {
    await env.close()
    throw error
  }
  return new VectorSource(env.spec, { kind: 'bridge', url, deterministic: env.deterministic }, env, options)
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

/** The random policy is as wide as the action space, and a model says what actions it takes. */
function checkBounds({ name, actionLow, actionHigh }: TaskSpec): void {
  if (Number.isFinite(actionLow) && Number.isFinite(actionHigh) && actionLow < actionHigh) return
  const given = [String(actionLow), String(actionHigh)]
  throw new DimaError(
    'invalid_config',
    `${name}: actions from ${given.join(' to ')} can't be drawn; declare bounds`,
    {
      field: 'act_spaces',
      expected: 'finite bounds',
      given,
    },
  )
}
