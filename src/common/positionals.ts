// Command lines whose names of files or folders stand anywhere among the flags: `runs/* --out report`.
import { parseArgs } from 'node:util'
import type { TObject } from 'typebox'
import { flagOf } from './config.ts'

/** What is no flag nor the value of one, and the rest as it was. Flags may be unknown: whoever reads them refuses those. */
export function splitPositionals(
  schema: TObject,
  argv: string[],
): { positionals: string[]; flags: string[] } {
  const options = Object.fromEntries(
    Object.entries(schema.properties).map(([name, field]) => {
      const { type } = field as { type?: string }
      return [
        flagOf(name).slice(2),
        { type: type === 'boolean' ? ('boolean' as const) : ('string' as const) },
      ]
    }),
  )
  const { tokens } = parseArgs({ args: argv, options, allowPositionals: true, strict: false, tokens: true })
  const found = tokens.filter((token) => token.kind === 'positional')
  const places = new Set(found.map(({ index }) => index))
  return { positionals: found.map(({ value }) => value), flags: argv.filter((_, i) => !places.has(i)) }
}
