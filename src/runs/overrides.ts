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

export type Values = Record<string, unknown>

/** How errors speak of what is changed. */
interface Words {
  flag: string
  /** what a value is called */
  called: string
}
const SET: Words = { flag: '--set', called: 'hyper-parameter' }

/** @param text name=value, comma-separated; an unknown name or a value out of range is an `invalid_config` that names it */
export function withOverrides<T extends Values>(schema: TObject, hyperparameters: T, text: string): T {
  return parseConfig(schema, assigned(structuredClone(hyperparameters), text)) as T
}

/** `values` itself, changed; new values are of the kind of the old ones. DimaError `invalid_config` that names what is wrong. */
export function assigned<T extends Values>(values: T, text: string, words = SET): T {
  for (const assignment of text.split(',').filter(Boolean)) assign(values, assignment, words)
  return values
}

function assign(values: Values, assignment: string, words: Words): void {
  const [path = '', given, ...rest] = assignment.split('=').map((part) => part.trim())
  const wrong: Wrong = (what, about) => {
    const field = words.flag.slice(2)
    return new DimaError('invalid_config', `${words.flag} ${assignment}: ${what}`, { field, given: about })
  }
  if (given === undefined || rest.length > 0) throw wrong('expected name=value', path)
  const keys = path.split('.')
  const name = keys.pop()!
  const group = keys.reduce<unknown>((inside, key) => (isGroup(inside) ? inside[key] : undefined), values)
  if (!isGroup(group) || !Object.hasOwn(group, name))
    throw wrong(`no such ${words.called}${meantBy(path, values)}`, path)
  group[name] = readAs(group[name], given, wrong)
}

type Wrong = (what: string, given: string) => DimaError

/** The nearest, or what is called so in a group, as words to add. */
function meantBy(path: string, values: Values): string {
  const paths = pathsOf(values)
  const inGroup = paths.find((known) => known.endsWith(`.${path}`))
  return inGroup ? ` (did you mean ${inGroup}?)` : didYouMean(path, paths)
}

/** `behaviour.rollouts` and so on. */
const pathsOf = (values: Values, before = ''): string[] =>
  Object.entries(values).flatMap(([name, value]) =>
    isGroup(value) ? pathsOf(value, `${before}${name}.`) : [`${before}${name}`],
  )

export const isGroup = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value of the kind that stands there; the schema checks the rest. */
function readAs(present: unknown, given: string, wrong: Wrong): unknown {
  if (typeof present === 'string') return given
  if (typeof present === 'number' && given !== '' && Number.isFinite(Number(given))) return Number(given)
  if (typeof present === 'boolean' && ['true', 'false'].includes(given)) return given === 'true'
  throw wrong(wanted(present), given)
}

function wanted(present: unknown): string {
  if (typeof present === 'boolean') return 'expected true or false'
  if (typeof present === 'number') return 'expected a number'
  return isGroup(present)
    ? `this is a group: set .${Object.keys(present)[0]} or others of it`
    : 'lists are not set here'
}
