// The messages of docs/bridge.md that are not sent at every step, as schemas; those are checked by hand in answers.ts
// and requests.ts.
import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import type { AutoresetMode } from '../vector/vector-env.ts'
import { MOST_AGENTS, MOST_COPIES, MOST_ENTRIES } from './limits.ts'
import { protocolError } from './protocol-error.ts'
import type { Fields } from './read-message.ts'

export const PROTOCOL = 'marl-env/1'

/** The answer to each request. */
export const ANSWER = {
  make: 'made',
  reset: 'reset_ok',
  step: 'step_ok',
  render: 'render_ok',
  close: 'closed',
} as const
export type RequestType = keyof typeof ANSWER

export const AUTORESET_MODES = [
  'disabled',
  'next_step',
  'same_step',
  'next_step_acted',
] as const satisfies readonly AutoresetMode[]

export const ERROR_CODES = [
  'unknown_env',
  'not_made',
  'already_made',
  'no_episode',
  'invalid_request',
  'invalid_action',
  'unsupported',
  'env_failed',
  'unauthorized',
  'internal',
] as const
export type BridgeErrorCode = (typeof ERROR_CODES)[number]

const Id = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 })
const Name = Type.String({ minLength: 1, maxLength: 256 })
const Maps = Type.Record(Type.String(), Type.Unknown())

export const Hello = Type.Object({
  proto: Type.Literal(PROTOCOL),
  server: Type.String(),
  envs: Type.Array(Type.String()),
})
export type Hello = Static<typeof Hello>

/** Its spaces are checked one by one: `Space`. */
export const Made = Type.Object({
  session: Type.String(),
  env: Name,
  num_envs: Type.Integer({ minimum: 1, maximum: MOST_COPIES }),
  possible_agents: Type.Array(Name, { minItems: 1, maxItems: MOST_AGENTS }),
  obs_spaces: Maps,
  act_spaces: Maps,
  state_space: Type.Optional(Maps),
  reward: Type.Enum(['shared', 'per_agent']),
  max_steps: Type.Integer({ minimum: 0 }),
  autoreset: Type.Enum([...AUTORESET_MODES]),
  subset_reset: Type.Boolean(),
  deterministic: Type.Boolean(),
  dt: Type.Number({ minimum: 0 }),
})
export type Made = Static<typeof Made>

/** Bounds, which may be infinite, and lengths are checked in spaces.ts. */
export const Space = Type.Object({
  shape: Type.Array(Type.Integer({ minimum: 1, maximum: MOST_ENTRIES }), { minItems: 1, maxItems: 1 }),
  dtype: Type.Enum(['float32', 'float64']),
  low: Type.Unknown(),
  high: Type.Unknown(),
  names: Type.Optional(Type.Array(Name)),
  units: Type.Optional(Type.Array(Type.String({ maxLength: 256 }))),
  choices: Type.Optional(
    Type.Array(Type.Integer({ minimum: 1, maximum: MOST_ENTRIES }), { maxItems: MOST_ENTRIES }),
  ),
})
export type Space = Static<typeof Space>

export const Refusal = Type.Object({
  re: Type.Optional(Id),
  code: Type.String(),
  message: Type.String(),
  fatal: Type.Boolean(),
})
export type Refusal = Static<typeof Refusal>

export const Make = Type.Object({
  env: Type.String(),
  num_envs: Type.Integer({ minimum: 1, maximum: MOST_COPIES }),
  seed: Type.Optional(Type.Integer({ minimum: 0 })),
  options: Type.Optional(Maps),
})
export type Make = Static<typeof Make>

/** Names the one that is there twice. */
export function checkUnique(names: readonly string[], field: string): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw protocolError(field, 'has a name twice', 'names that differ', name)
    seen.add(name)
  }
}

/** DimaError `bridge_protocol` naming the first field that is not as the schema wants it; `at` stands before its name. */
export function check<S extends TSchema>(schema: S, value: unknown, at = ''): Static<S> {
  const [error] = Value.Errors(schema, value)
  if (!error) return value as Static<S>
  const params = error.params as { requiredProperties?: string[]; allowedValues?: unknown[] }
  const path = [...error.instancePath.split('/').slice(1), ...(params.requiredProperties?.slice(0, 1) ?? [])]
  const expected = params.allowedValues?.join(' or ') ?? error.message
  throw protocolError([at, ...path].filter(Boolean).join('.'), 'is wrong', expected, valueAt(value, path))
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Fields | undefined)?.[name], value)
}
