import { parseArgs } from 'node:util'
import Type, { type Static, type TObject, type TSchema, type TUnsafe } from 'typebox'
import Value from 'typebox/value'
import { didYouMean } from './closest.ts'
import { DimaError } from './errors.ts'
import { wrongValue } from './wrong-value.ts'

/** What a person calls the value at a path such as `/inner/rate`. */
type NameOf = (path: string) => string

/**
 * Fills defaults, reads numbers and booleans written as text, and checks against `schema`, in a copy of `raw`. Throws
 * DimaError `invalid_config` that names the first wrong value.
 */
export function parseConfig<S extends TSchema>(schema: S, raw: unknown, nameOf: NameOf = dotted): Static<S> {
  const value = Value.Default(schema, readFields(schema, Value.Clone(raw)))
  const errors = Value.Errors(schema, value)
  const fields = Object.keys((schema as Partial<TObject>).properties ?? {})
  if (errors[0]) throw new DimaError('invalid_config', wrongValue(errors, value, { nameOf, fields }))
  return value as Static<S>
}

const dotted: NameOf = (path) => `config${path.replaceAll('/', '.')}`
const asFlag: NameOf = (path) => {
  const [field = '', ...inner] = path.split('/').slice(1)
  return [flagOf(field), ...inner].join('.')
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
export const parseFlags = <S extends TObject>(schema: S, argv: string[]): Static<S> =>
  parseFields(schema, givenFlags(schema, argv))

/** As `parseConfig`, of what a person gave as flags: errors name those. */
export const parseFields = <S extends TObject>(schema: S, given: Record<string, unknown>): Static<S> =>
  parseConfig(schema, given, asFlag)

/** The flags that stand on a command line, by field, as text. DimaError `invalid_config` for unknown ones. */
export function givenFlags(schema: TObject, argv: string[]): Record<string, unknown> {
  const fields = Object.entries(schema.properties)
  const options = Object.fromEntries(
    fields.map(([name, field]) => [
      kebab(name),
      { type: isBoolean(field) ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const values = readArguments(argv, options)
  const raw = fields.map(([name]) => [name, values[kebab(name)]] as const)
  return Object.fromEntries(raw.filter(([, value]) => value !== undefined))
}

type Options = Record<string, { type: 'string' | 'boolean' }>

function readArguments(args: string[], options: Options): Record<string, unknown> {
  refuseUnknown(args, options)
  try {
    return parseArgs({ args, options, strict: true }).values
  } catch (error) {
    throw new DimaError('invalid_config', (error as Error).message) // a flag without its value, a stray word
  }
}

function refuseUnknown(args: string[], options: Options): void {
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(options, token.name)) continue
    const known = Object.keys(options).map((name) => `--${name}`)
    const meant = didYouMean(`--${token.name}`, known)
    throw new DimaError('invalid_config', `there is no flag ${token.rawName}${meant}; --help lists the flags`)
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
