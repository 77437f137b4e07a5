// Checks the small part of a request against its schema; every wrong field is named with what was expected and given.
import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { FieldError } from '../../api/problem.ts'
import { DimaError } from '../../common/errors.ts'
import { describe } from '../wire/numbers.ts'
import { WireTensor } from '../wire/tensor.ts'

/** Enough to repair a request; the rest would only make the reply long. */
const MOST_ERRORS = 10

type SchemaError = ReturnType<Validator['Errors']>[number]
type Parameters = Record<string, unknown>

/** Returns `value` typed, or throws DimaError `invalid_request` listing the fields. `prefix` is where value stands. */
export function checkFields<S extends TSchema>(schema: S, value: unknown, prefix = ''): Static<S> {
  const validator = compiled(schema)
  if (validator.Check(value)) return value as Static<S>
  const errors = validator
    .Errors(excerpt(value))
    .filter(({ keyword }) => keyword !== 'boolean') // said again, with names, by additionalProperties
    .flatMap((error) => fieldErrors(error, value, prefix))
    .slice(0, MOST_ERRORS)
  if (errors.length === 0) throw unknownFields(validator, value, prefix) ?? beyond(prefix)
  throw new DimaError(
    'invalid_request',
    errors.map(({ field, message }) => `${field} ${message}`).join('; '),
    { errors },
  )
}

/** The validator stops after some errors, and of many unknown fields it tells each before it names them. */
function unknownFields(validator: Validator, value: unknown, prefix: string): DimaError | undefined {
  const unknown = validator.Errors(excerpt(value)).filter(({ keyword }) => keyword === 'boolean')
  if (unknown.length === 0) return undefined
  const errors = unknown.map(({ instancePath }) => ({
    field: join(prefix, instancePath.split('/').slice(1)),
    message: 'is not a field of this request',
  }))
  const message = errors.map(({ field }) => `${field} is not a field of this request`).join('; ')
  return new DimaError('invalid_request', message, { errors })
}

/** Lists are looked at so far, one more than the longest that a schema allows. */
const MOST_ITEMS = 4097

/** Finding errors takes a microsecond an item, and a body has room for millions. */
function excerpt(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map(excerpt)
  if (typeof value !== 'object' || value === null || value instanceof WireTensor) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, excerpt(inner)]))
}

const validators = new WeakMap<TSchema, Validator>()

/** Checking with a compiled schema takes a tenth of the time; steps of live sessions come thousands a second. */
function compiled(schema: TSchema): Validator {
  const known = validators.get(schema)
  if (known) return known
  const validator = Compile(schema) as unknown as Validator
  validators.set(schema, validator)
  return validator
}

/** What is wrong stands past what was looked at. */
const beyond = (prefix: string): DimaError =>
  new DimaError('invalid_request', `a list has a wrong entry, past the first ${MOST_ITEMS - 1}`, {
    field: prefix || 'body',
  })

function fieldErrors(error: SchemaError, root: unknown, prefix: string): FieldError[] {
  const parameters = error.params as Parameters
  const at = error.instancePath.split('/').slice(1)
  const inner = (name: string) => join(prefix, [...at, name])
  if (error.keyword === 'additionalProperties')
    return names(parameters.additionalProperties).map((name) => ({
      field: inner(name),
      message: 'is not a field of this request',
    }))
  if (error.keyword === 'required')
    return names(parameters.requiredProperties).map((name) => ({ field: inner(name), message: 'is missing' }))
  return [{ field: join(prefix, at), message: error.message, ...comparison(parameters, valueAt(root, at)) }]
}

function comparison(parameters: Parameters, given: unknown): Pick<FieldError, 'expected' | 'given'> {
  const expected = parameters.type ?? parameters.allowedValues ?? limitOf(parameters)
  return { ...(expected === undefined ? {} : { expected }), given: describe(given) }
}

const limitOf = ({ comparison, limit }: Parameters): string | undefined =>
  limit === undefined ? undefined : `${comparison ?? 'limit'} ${limit}`

const names = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).slice(0, MOST_ERRORS).map((name) => String(describe(name)))

const valueAt = (root: unknown, path: string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], root)

/** `starts[0].states` from `starts[0]` and `states`; the whole body is called `body`. */
function join(prefix: string, path: string[]): string {
  const field = path.reduce(
    (text, key) => (/^\d+$/.test(key) ? `${text}[${key}]` : text ? `${text}.${key}` : key),
    prefix,
  )
  return field || 'body'
}
