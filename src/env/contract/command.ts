// What `npm run check-env` does, by its flags: holds a task, or an environment behind a bridge, against the contracts.
import Type, { type Static } from 'typebox'
import { DimaError } from '../../common/errors.ts'
import { makeEnv, resolveTask, taskSpec } from '../make-env.ts'
import type { AnyParallelEnv } from '../parallel-env.ts'
import type { TaskSpec } from '../task-spec.ts'
import { makeVectorEnv } from '../vector/make-vector-env.ts'
import type { VectorEnv } from '../vector/vector-env.ts'
import type { CheckOptions, CheckResult } from './check.ts'
import { checkParallelEnv } from './check-parallel-env.ts'
import { checkVectorEnv } from './check-vector-env.ts'

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

export const CheckFlags = Type.Object(
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
export type CheckFlags = Static<typeof CheckFlags>

/** Where fresh environments come from. */
interface Source {
  readonly spec: TaskSpec
  readonly deterministic: boolean
  /** Whether all episodes start alike, as far as that is known. */
  readonly startsAlike?: boolean
  one(): Promise<AnyParallelEnv>
  many(numEnvs: number): Promise<VectorEnv>
}

/** Throws the first rule that is broken. @param say gets what a person should read, line by line */
export async function checkCommand(flags: CheckFlags, say: (line: string) => void): Promise<void> {
  const source = await sourceOf(flags)
  const { spec, one, many } = source
  const options = { ...optionsOf(source, flags), onResult: (result: CheckResult) => say(lineOf(result)) }
  say(`${spec.name}, one copy`)
  const results = await told(checkParallelEnv(await one(), options), say)
  if (flags.copies > 0) {
    say(`${spec.name}, ${flags.copies} copies together`)
    results.push(...(await told(checkVectorEnv(await many(flags.copies), options), say)))
  }
  const partly = results.filter(({ skipped }) => skipped !== undefined).length
  say(`The contract is kept${partly ? `, as far as it was checked (${partly} not in full)` : ''}.`)
}

function sourceOf({ task, url, ...bridge }: CheckFlags): Source | Promise<Source> {
  if (task && !url) return localSource(task)
  if (url && !task) return remoteSource(url, bridge)
  throw new DimaError('invalid_config', 'give either --task or --url', { field: 'task' })
}

const optionsOf = (
  { spec, deterministic, startsAlike = false }: Source,
  { steps, fixedStarts }: CheckFlags,
): CheckOptions => ({
  steps,
  deterministic,
  randomStarts: !(fixedStarts || startsAlike),
  ...(spec.episodeLimit > 0 && { episodeLimit: spec.episodeLimit }), // 0: a bridge that knows none
})

const localSource = (task: string): Source => ({
  spec: taskSpec(task),
  startsAlike: resolveTask(task).goal.startsAlike === true,
  deterministic: true,
  one: () => makeEnv(task),
  many: (numEnvs) => makeVectorEnv(task, { numEnvs, workers: 0, autoreset: 'next_step' }),
})

async function remoteSource(
  url: string,
  { env, tokenEnv }: Omit<CheckFlags, 'task' | 'url'>,
): Promise<Source> {
  const { connectBridgeEnv } = await import('../bridge/bridge-env.ts')
  const { BridgeVectorEnv } = await import('../bridge/bridge-vector-env.ts')
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
async function told(results: Promise<CheckResult[]>, say: (line: string) => void): Promise<CheckResult[]> {
  try {
    return await results
  } catch (error) {
    if (error instanceof DimaError && error.details.rule) say(`  BROKEN   ${error.details.rule}`)
    throw error
  }
}

const lineOf = ({ title, skipped }: CheckResult): string =>
  skipped === undefined ? `  ok       ${title}` : `  partly   ${title}\n             (${skipped})`
