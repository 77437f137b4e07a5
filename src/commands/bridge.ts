// npm run bridge: serves our tasks to trainers elsewhere, by the protocol of docs/bridge.md.
import Type, { type Static } from 'typebox'
import { runCommand } from '../common/command.ts'
import { oneOf } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'
import { exitAfter, onStopSignal } from '../common/stop-signals.ts'
import type { ServedVectorEnv } from '../env/bridge/served-env.ts'
import { serveBridge } from '../env/bridge/server.ts'
import { taskNames, taskSpec } from '../env/make-env.ts'
import { makeVectorEnv } from '../env/vector/make-vector-env.ts'

const Flags = Type.Object(
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
      ['disabled', 'next_step', 'same_step'],
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
type Flags = Static<typeof Flags>

/** What sessions get to end their environments. */
const CLOSING_MS = 10_000

async function main(flags: Flags): Promise<void> {
  const { task, host, port } = flags
  const envs = task ? [taskSpec(task).name] : taskNames
  const server = await serveBridge({ host, port, envs, ...tokenOf(flags), make: makeTask(flags) })
  console.log(`${server.url} serves ${envs.join(', ')}`)
  onStopSignal(() => void exitAfter(() => server.close(), CLOSING_MS))
}

/** One task only where one was named; else any, also those that have no name in the list. */
const makeTask =
  ({ task, workers, autoreset }: Flags) =>
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

function tokenOf({ tokenEnv }: Flags): { token?: string } {
  if (!tokenEnv) return {}
  const token = process.env[tokenEnv]
  if (token) return { token }
  throw new DimaError('invalid_config', `the environment variable ${tokenEnv} has no token`, {
    field: 'tokenEnv',
  })
}

runCommand('bridge', Flags, main)
