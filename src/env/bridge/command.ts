// What `npm run bridge` does, by its flags: our tasks, served to whoever connects.
import Type, { type Static } from 'typebox'
import { oneOf } from '../../common/config.ts'
import { DimaError } from '../../common/errors.ts'
import { allTaskNames, taskSpec } from '../make-env.ts'
import { makeVectorEnv } from '../vector/make-vector-env.ts'
import type { ServedVectorEnv } from './served-env.ts'
import { type BridgeServer, serveBridge } from './server.ts'

export const BridgeFlags = Type.Object(
  {
    task: Type.String({ default: '', description: 'the only task to serve (default: all there are)' }),
    host: Type.String({
      default: '127.0.0.1',
      description: 'address to listen on; one that others can reach needs a token',
    }),
    port: Type.Integer({ default: 8765, minimum: 0, maximum: 65535, description: '0 takes a free port' }),
    workers: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 256,
      description: 'threads for the copies of a session; 0: none besides the server',
    }),
    autoreset: oneOf(
      ['disabled', 'next_step', 'same_step', 'next_step_acted'],
      'next_step',
      'what happens to a copy whose episode has ended',
    ),
    tokenEnv: Type.String({
      default: '',
      description: 'environment variable with the token that clients must show',
    }),
  },
  { additionalProperties: false },
)
export type BridgeFlags = Static<typeof BridgeFlags>

/** @param say gets where it listens and what it serves */
export async function bridgeCommand(flags: BridgeFlags, say: (text: string) => void): Promise<BridgeServer> {
  const { task, host, port } = flags
  const envs = task ? [taskSpec(task).name] : allTaskNames
  const server = await serveBridge({ host, port, envs, ...tokenOf(flags), make: makeTask(flags) })
  say(`${server.url} serves ${envs.join(', ')}`)
  return server
}

/** One task only where one was named; else any, also those that have no name in the list. */
const makeTask =
  ({ task, workers, autoreset }: BridgeFlags) =>
  async (
    env: string,
    { numEnvs, options }: { numEnvs: number; options: object },
  ): Promise<ServedVectorEnv> => {
    const spec = taskSpec(env)
    if (task && spec.name !== taskSpec(task).name)
      throw new DimaError('unknown_task', `this server has ${taskSpec(task).name} alone`, { field: 'env' })
    const [unknown] = Object.keys(options)
    if (unknown !== undefined)
      throw new DimaError('invalid_request', 'options of a task stand in its name', { field: 'options' })
    // An answer has been sent before the next call.
    const copies = await makeVectorEnv(env, {
      numEnvs,
      workers: Math.min(workers, numEnvs),
      autoreset,
      copy: false,
    })
    return Object.assign(copies, { spec })
  }

function tokenOf({ tokenEnv }: BridgeFlags): { token?: string } {
  if (!tokenEnv) return {}
  const token = process.env[tokenEnv]
  if (token) return { token }
  throw new DimaError('invalid_config', `the environment variable ${tokenEnv} has no token`, {
    field: 'tokenEnv',
  })
}
