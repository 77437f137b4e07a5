import { parseArgs } from 'node:util'
import Type, { type Static, type TObject, type TSchema, type TUnsafe } from 'typebox'
import Value from 'typebox/value'
import { DimaError } from './errors.ts'

/** Fills defaults, reads numbers and booleans written as text, and checks against `schema`, in a copy of `raw`. */
export function parseConfig<S extends TSchema>(schema: S, raw: unknown): Static<S> {
  const value = Value.Default(schema, readFields(schema, Value.Clone(raw)))
  const [error] = Value.Errors(schema, value)
  if (error)
    throw new DimaError('invalid_config', `config${error.instancePath.replaceAll('/', '.')} ${error.message}`)
  return value as Static<S>
}

/** Flags and environment variables are text: "8" becomes 8 where the schema wants a number. */
function readFields(schema: TSchema, raw: unknown): unknown {
  const { properties } = schema as Partial<TObject>
  if (!properties || typeof raw !== 'object' || raw === null) return raw
  const fields = Object.entries(raw).map(([name, value]) => [name, readText(properties[name], value)])
  return Object.fromEntries(fields)
}

// Not Value.Convert: it would cut 1.5 down to an integer instead of leaving it to be refused.
function readText(field: TSchema | undefined, value: unknown): unknown {
  if (typeof value !== 'string') return value
  const { type } = (field ?? {}) as { type?: string }
  const isNumber = (type === 'integer' || type === 'number') && value.trim() !== ''
  if (isNumber && Number.isFinite(Number(value))) return Number(value)
  if (type === 'boolean' && ['true', 'false'].includes(value)) return value === 'true'
  return value
}

/** Reads `--batch-size 8` style flags; one flag per top-level field, unknown flags are errors. */
export function parseFlags<S extends TObject>(schema: S, argv: string[]): Static<S> {
  const fields = Object.entries(schema.properties)
  const options = Object.fromEntries(
    fields.map(([name, field]) => [
      kebab(name),
      { type: isBoolean(field) ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const values = readArguments(argv, options)
  const raw = Object.fromEntries(fields.map(([name]) => [name, values[kebab(name)]]))
  return parseConfig(schema, JSON.parse(JSON.stringify(raw)))
}

type Options = Record<string, { type: 'string' | 'boolean' }>

function readArguments(args: string[], options: Options): Record<string, unknown> {
  try {
    return parseArgs({ args, options, strict: true }).values
  } catch (error) {
    throw new DimaError('invalid_config', (error as Error).message) // a flag that is unknown or has no value
  }
}

/** One line per flag, written from the schema's own descriptions and defaults. */
export function helpText(schema: TObject): string {
  return Object.entries(schema.properties)
    .map(([name, field]) => {
      const { description = '', default: fallback } = field as { description?: string; default?: unknown }
      return `  --${kebab(name).padEnd(18)} ${description}${fallback === undefined ? '' : ` (default ${fallback})`}`
    })
    .join('\n')
}

/** What a field is called on the command line. */
export const flagOf = (field: string): string => `--${kebab(field)}`

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const isBoolean = (field: TSchema) => (field as { type?: string }).type === 'boolean'

/** A choice between words; the description lists them. No fallback: for Type.Optional. */
export const oneOf = <T extends string>(names: readonly T[], fallback: T | undefined, description: string) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    {
      ...(fallback === undefined ? {} : { default: fallback }),
      description: `${description}: ${names.join(', ')}`,
    },
  ) as unknown as TUnsafe<T> // an array of literals has lost their union
