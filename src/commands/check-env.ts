// npm run check-env: holds a task, or an environment behind a bridge, against the contracts of this folder.
import Type, { type Static } from 'typebox'
import { runCommand } from '../common/command.ts'
import { DimaError } from '../common/errors.ts'
import type { CheckOptions, CheckResult } from '../env/contract/check.ts'
import { checkParallelEnv } from '../env/contract/check-parallel-env.ts'
import { checkVectorEnv } from '../env/contract/check-vector-env.ts'
import { makeEnv, taskSpec } from '../env/make-env.ts'
import type { AnyParallelEnv } from '../env/parallel-env.ts'
import type { TaskSpec } from '../env/task-spec.ts'
import { makeVectorEnv } from '../env/vector/make-vector-env.ts'
import type { VectorEnv } from '../env/vector/vector-env.ts'

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

const Flags = Type.Object(
  {
    task: text('a task of this simulator, for example HalfCheetah-2x3'),
    url: text('or an environment behind a bridge, ws://host:port'),
    env: text('which environment of the bridge; without it its first'),
    tokenEnv: text('environment variable with the token of the bridge'),
    copies: Type.Integer({
      default: 3,
      minimum: 0,
      maximum: 4096,
      description: 'copies checked together after the one alone; 0: none',
    }),
    steps: Type.Integer({ default: 1100, minimum: 1, description: 'steps tried to see episodes end' }),
    fixedStarts: Type.Boolean({
      default: false,
      description: 'all episodes start alike, whatever the seed',
    }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

/** Where fresh environments come from. */
interface Source {
  readonly spec: TaskSpec
  readonly deterministic: boolean
  one(): Promise<AnyParallelEnv>
  many(numEnvs: number): Promise<VectorEnv>
}

async function main(flags: Flags): Promise<void> {
  const source = await sourceOf(flags)
  const { spec, one, many } = source
  const options = optionsOf(source, flags)
  console.log(`${spec.name}, one copy`)
  const results = await told(checkParallelEnv(await one(), options))
  if (flags.copies > 0) {
    console.log(`${spec.name}, ${flags.copies} copies together`)
    results.push(...(await told(checkVectorEnv(await many(flags.copies), options))))
  }
  const partly = results.filter(({ skipped }) => skipped !== undefined).length
  console.log(`The contract is kept${partly ? `, as far as it was checked (${partly} not in full)` : ''}.`)
}

function sourceOf({ task, url, ...bridge }: Flags): Source | Promise<Source> {
  if (task && !url) return localSource(task)
  if (url && !task) return remoteSource(url, bridge)
  throw new DimaError('invalid_config', 'give either --task or --url', { field: 'task' })
}

const optionsOf = ({ spec, deterministic }: Source, { steps, fixedStarts }: Flags): CheckOptions => ({
  steps,
  deterministic,
  randomStarts: !fixedStarts,
  ...(spec.episodeLimit > 0 && { episodeLimit: spec.episodeLimit }), // 0: a bridge that knows none
  onResult: ({ title, skipped }) => console.log(lineOf(title, skipped)),
})

const localSource = (task: string): Source => ({
  spec: taskSpec(task),
  deterministic: true,
  one: () => makeEnv(task),
  many: (numEnvs) => makeVectorEnv(task, { numEnvs, workers: 0, autoreset: 'next_step' }),
})

async function remoteSource(url: string, { env, tokenEnv }: Omit<Flags, 'task' | 'url'>): Promise<Source> {
  const { connectBridgeEnv } = await import('../env/bridge/bridge-env.ts')
  const { BridgeVectorEnv } = await import('../env/bridge/bridge-vector-env.ts')
  const token = tokenEnv === undefined ? undefined : process.env[tokenEnv]
  if (tokenEnv !== undefined && !token)
    throw new DimaError('invalid_config', `the environment variable ${tokenEnv} has no token`)
  const options = { ...(env && { env }), ...(token && { token }) }
  const one = await connectBridgeEnv(url, options)
  return {
    spec: one.spec,
    deterministic: one.deterministic,
    one: async () => one,
    many: (numEnvs) => BridgeVectorEnv.connect(url, { ...options, numEnvs }),
  }
}

/** Prints the title of the check that failed. */
async function told(results: Promise<CheckResult[]>): Promise<CheckResult[]> {
  try {
    return await results
  } catch (error) {
    if (error instanceof DimaError && error.details.rule) console.log(`  BROKEN   ${error.details.rule}`)
    throw error
  }
}

const lineOf = (title: string, skipped: string | undefined): string =>
  skipped === undefined ? `  ok       ${title}` : `  partly   ${title}\n             (${skipped})`

runCommand('check-env', Flags, main)
