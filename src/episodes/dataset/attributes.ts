// What a file says of itself beside its numbers. Attributes of the whole file:
//   format          'dima-dataset/1', where it was written here or wants to be read so
//   task_spec       a TaskSpec as JSON
//   task, action_low, action_high, action_unit, episode_limit, step_seconds, reward   where there is no task_spec
// A single value may be an array of one.
// Minari's action_space (JSON) is read for its bounds, its environment for the task's name.
import type { Static, TSchema } from 'typebox'
import Type from 'typebox'
import Value from 'typebox/value'
import { parseJson } from '../../common/json.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Hdf5File } from './hdf5.ts'
import type { Located } from './locate.ts'

export const FORMAT = 'dima-dataset/1'

const strict = { additionalProperties: false }
const Texts = Type.Array(Type.String())
const Numbers = Type.Array(Type.Number())
const TaskSpecSchema = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    agents: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          actuators: Texts,
          choices: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 })),
          bounds: Type.Optional(Type.Object({ low: Numbers, high: Numbers }, strict)),
          observationNames: Texts,
          observationUnits: Texts,
        },
        strict,
      ),
      { minItems: 1 },
    ),
    actionLow: Type.Number(),
    actionHigh: Type.Number(),
    actionUnit: Type.String(),
    stateNames: Texts,
    stateUnits: Texts,
    episodeLimit: Type.Number(),
    stepSeconds: Type.Number(),
    reward: Type.String(),
  },
  strict,
)

/** What stands in `attribute`, or undefined; DimaError `invalid_dataset` if it is something else than `schema`. */
function read<S extends TSchema>(
  file: Hdf5File,
  attribute: string,
  schema: S,
  decode = (value: unknown) => value,
) {
  const given = file.attribute('', attribute)
  if (given === undefined) return undefined
  const decoded = decode(Array.isArray(given) && given.length === 1 ? given[0] : given)
  const [error] = Value.Errors(schema, decoded)
  if (error)
    throw file.invalid(
      '',
      `attribute ${attribute}${error.instancePath} ${error.message}, and is ${briefly(given)}`,
      {
        field: attribute,
        given,
      },
    )
  return decoded as Static<S>
}

function briefly(value: unknown): string {
  const text = Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}

const json = (value: unknown): unknown => parseJson(String(value))

/** For all entries of an action, or for each. */
const Bound = Type.Union([Type.Number(), Type.Array(Type.Number())])
type Bound = Static<typeof Bound>

export interface Attributes {
  taskSpec?: TaskSpec | undefined
  task?: string | undefined
  actionLow?: Bound | undefined
  actionHigh?: Bound | undefined
  actionUnit?: string | undefined
  episodeLimit?: number | undefined
  stepSeconds?: number | undefined
  reward?: string | undefined
}

export function readAttributes(file: Hdf5File, { metadata }: Located): Attributes {
  read(file, 'format', Type.Literal(FORMAT))
  const bounds = boundsOf(json(file.attribute('', 'action_space') ?? metadata.action_space))
  return {
    taskSpec: read(file, 'task_spec', TaskSpecSchema, json),
    task: read(file, 'task', Type.String({ minLength: 1 })) ?? minariTask(file, metadata),
    actionLow: read(file, 'action_low', Bound) ?? bounds?.low,
    actionHigh: read(file, 'action_high', Bound) ?? bounds?.high,
    actionUnit: read(file, 'action_unit', Type.String()),
    episodeLimit: read(file, 'episode_limit', Type.Number({ minimum: 0 })),
    stepSeconds: read(file, 'step_seconds', Type.Number({ minimum: 0 })),
    reward: read(file, 'reward', Type.String()),
  }
}

/** The environment's id, else the name of the data set. */
function minariTask(file: Hdf5File, metadata: Located['metadata']): string | undefined {
  const own = (name: string) => file.attribute('', name) ?? metadata[name]
  const spec = json(own('env_spec')) as { id?: unknown } | null | undefined
  const name = spec?.id ?? own('dataset_id')
  return typeof name === 'string' && name !== '' ? name : undefined
}

/** The widest finite bounds of a serialised Box, Dict or Tuple of Boxes. */
function boundsOf(space: unknown): { low: number; high: number } | undefined {
  const numbers = (key: string) => collect(space, key).flat(Number.POSITIVE_INFINITY).map(Number)
  const [low, high] = [numbers('low'), numbers('high')]
  const bounds = { low: Math.min(...low), high: Math.max(...high) }
  return Number.isFinite(bounds.low) && bounds.low < bounds.high && Number.isFinite(bounds.high)
    ? bounds
    : undefined
}

/** Every value under this key, however deep. */
function collect(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, own]) => (name === key ? [own] : collect(own, key)))
}
