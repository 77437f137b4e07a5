// `--set behaviour.rollouts=600,epochRule=steps`: single hyper-parameters, on top of a preset.
import Type, { type TObject } from 'typebox'
import { didYouMean } from '../common/closest.ts'
import { parseConfig } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'

export const setFlag = {
  set: Type.String({
    default: '',
    description:
      'hyper-parameters on top of the preset, for example behaviour.rollouts=600,epochRule=steps (docs/training.md)',
  }),
}

type Values = Record<string, unknown>

/** @param text name=value, comma-separated; an unknown name or a value out of range is an `invalid_config` that names it */
export function withOverrides<T extends Values>(schema: TObject, hyperparameters: T, text: string): T {
  const changed = structuredClone(hyperparameters)
  for (const assignment of text.split(',').filter(Boolean)) assign(changed, assignment)
  return parseConfig(schema, changed) as T
}

function assign(values: Values, assignment: string): void {
  const [path = '', given, ...rest] = assignment.split('=').map((part) => part.trim())
  if (given === undefined || rest.length > 0) throw wrong(assignment, 'expected name=value', path)
  const keys = path.split('.')
  const name = keys.pop()!
  const group = keys.reduce<unknown>((inside, key) => (isGroup(inside) ? inside[key] : undefined), values)
  if (!isGroup(group) || !Object.hasOwn(group, name)) throw unknownName(assignment, path, values)
  group[name] = readAs(group[name], given, assignment)
}

const wrong = (assignment: string, what: string, given: string): DimaError =>
  new DimaError('invalid_config', `--set ${assignment}: ${what}`, { field: 'set', given })

/** Meant is the nearest, or what is called so in a group. */
function unknownName(assignment: string, path: string, values: Values): DimaError {
  const paths = pathsOf(values)
  const inGroup = paths.find((known) => known.endsWith(`.${path}`))
  const meant = inGroup ? ` (did you mean ${inGroup}?)` : didYouMean(path, paths)
  return wrong(assignment, `no such hyper-parameter${meant}`, path)
}

/** `behaviour.rollouts` and so on. */
const pathsOf = (values: Values, before = ''): string[] =>
  Object.entries(values).flatMap(([name, value]) =>
    isGroup(value) ? pathsOf(value, `${before}${name}.`) : [`${before}${name}`],
  )

const isGroup = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value of the kind that stands there; the schema checks the rest. */
function readAs(present: unknown, given: string, assignment: string): unknown {
  if (typeof present === 'string') return given
  if (typeof present === 'number' && given !== '' && Number.isFinite(Number(given))) return Number(given)
  if (typeof present === 'boolean' && ['true', 'false'].includes(given)) return given === 'true'
  throw wrong(assignment, wanted(present), given)
}

function wanted(present: unknown): string {
  if (typeof present === 'boolean') return 'expected true or false'
  if (typeof present === 'number') return 'expected a number'
  return isGroup(present)
    ? `this is a group: set .${Object.keys(present)[0]} or others of it`
    : 'lists are not set here'
}
