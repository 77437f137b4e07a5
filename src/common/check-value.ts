// Checks a value that came from outside against its schema and says in words where it is wrong first.
import type { Static, TSchema } from 'typebox'
import Value from 'typebox/value'
import { DimaError } from './errors.ts'

type SchemaError = ReturnType<typeof Value.Errors>[number]
type Parameters = Record<string, unknown>

/**
 * `value`, typed. DimaError naming the first wrong place, `name` being the whole, as in `actions[3][1]`:
 * `invalid_shape` (a list of another length, or no list), `not_finite` (a number without bound), `invalid_request`.
 */
export function checkValue<S extends TSchema>(schema: S, value: unknown, name: string): Static<S> {
  const errors = Value.Errors(schema, value)
  const [first] = errors
  // What is wrong with the whole says more than what is therefore wrong with its parts, which come before it.
  const error = errors.find(({ instancePath }) => first?.instancePath.startsWith(`${instancePath}/`)) ?? first
  if (error) throw wrong(error, value, name)
  return value as Static<S>
}

function wrong(
  { keyword, instancePath, params, message }: SchemaError,
  root: unknown,
  name: string,
): DimaError {
  const path = instancePath.split('/').slice(1)
  const field = join(name, path)
  const given = path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    root,
  )
  const parameters = params as Parameters
  if (keyword === 'additionalProperties') return unknownField(field, parameters)
  if (keyword === 'required') return missingField(field, parameters)
  if (keyword === 'boolean')
    return new DimaError('invalid_shape', `${field} is one too many`, { field, given: brief(given) })
  if (keyword === 'minItems' || keyword === 'maxItems') return wrongLength(field, parameters, given)
  if (parameters.type === 'array')
    return new DimaError('invalid_shape', `${field} is ${brief(given)}, not a list`, {
      field,
      expected: 'list',
    })
  if (parameters.type === 'number' && (given === null || typeof given === 'number'))
    return new DimaError('not_finite', `${field} is ${given}, not a finite number`, {
      field,
      given: String(given),
    })
  return new DimaError('invalid_request', `${field} ${message}, but is ${brief(given)}`, {
    field,
    expected: message,
    given: brief(given),
  })
}

function wrongLength(field: string, { limit }: Parameters, given: unknown): DimaError {
  const { length } = given as unknown[]
  const bound = length < Number(limit) ? 'at least' : 'at most'
  return new DimaError('invalid_shape', `${field} has ${length} entries, expected ${bound} ${limit}`, {
    field,
    expected: [limit],
    given: [length],
  })
}

function unknownField(field: string, { additionalProperties }: Parameters): DimaError {
  const [name = ''] = additionalProperties as string[]
  const inner = `${field}.${name}`
  return new DimaError('invalid_request', `${inner} is not a field that is known here`, { field: inner })
}

function missingField(field: string, { requiredProperties }: Parameters): DimaError {
  const [name = ''] = requiredProperties as string[]
  const inner = `${field}.${name}`
  return new DimaError('invalid_request', `${inner} is missing`, { field: inner })
}

/** Short enough for a line whatever it is. */
function brief(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

/** `actions[3][1]` from `actions` and `3`, `1`. */
const join = (name: string, path: readonly string[]): string =>
  path.reduce((text, key) => (/^\d+$/.test(key) ? `${text}[${key}]` : `${text}.${key}`), name)
