// Environments behind a real server of this process; everything is closed after the test.
import { onTestFinished } from 'vitest'
import type { MakeOptions } from '../../../src/env/bridge/bridge-session.ts'
import { type BridgeOptions, BridgeVectorEnv } from '../../../src/env/bridge/bridge-vector-env.ts'
import type { ServedVectorEnv } from '../../../src/env/bridge/served-env.ts'
import { type BridgeServerOptions, serveBridge } from '../../../src/env/bridge/server.ts'
import type { TaskSpec } from '../../../src/env/task-spec.ts'
import type { AutoresetMode, VectorEnv } from '../../../src/env/vector/vector-env.ts'
import { TOY_LIMIT, ToyEnv } from '../contract/toy-env.ts'
import { ToyVectorEnv } from '../contract/toy-vector-env.ts'

export const MODES: readonly AutoresetMode[] = ['disabled', 'next_step', 'same_step', 'next_step_acted']

export async function serve(options: BridgeServerOptions): Promise<string> {
  const server = await serveBridge(options)
  onTestFinished(() => server.close())
  return server.url
}

export async function connect(url: string, options: BridgeOptions): Promise<BridgeVectorEnv> {
  const env = await BridgeVectorEnv.connect(url, options)
  onTestFinished(() => env.close())
  return env
}

export const toySpec: TaskSpec = {
  name: 'Toy-v0',
  agents: [
    {
      name: 'left',
      actuators: ['push'],
      observationNames: ['position', 'is_left'],
      observationUnits: ['m', '1'],
    },
    {
      name: 'right',
      actuators: ['push', 'brake'],
      observationNames: ['position', 'is_left'],
      observationUnits: ['m', '1'],
    },
  ],
  actionLow: -1,
  actionHigh: 1,
  actionUnit: '1',
  stateNames: ['position'],
  stateUnits: ['m'],
  episodeLimit: TOY_LIMIT,
  stepSeconds: 0.1,
  reward: 'the position',
}

/** Copies of the toy environment, three unless said otherwise. */
export function toys(autoreset: AutoresetMode, numEnvs = 3): ToyVectorEnv {
  const env = new ToyVectorEnv(autoreset)
  env.numEnvs = numEnvs
  env.copies = Array.from({ length: numEnvs }, () => new ToyEnv())
  return env
}

export const servedAs = <T extends VectorEnv>(env: T, spec: TaskSpec): T & ServedVectorEnv =>
  Object.assign(env, { spec })

export const makeToys =
  (autoreset: AutoresetMode) =>
  (_: string, { numEnvs }: MakeOptions): Promise<ServedVectorEnv> =>
    Promise.resolve(servedAs(toys(autoreset, numEnvs), toySpec))

/** A server of toys. */
export const serveToys = (
  autoreset: AutoresetMode,
  options: Partial<BridgeServerOptions> = {},
): Promise<string> => serve({ envs: ['Toy-v0'], make: makeToys(autoreset), ...options })
