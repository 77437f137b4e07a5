// The words of a command line apart from its flags: `NAME/2 stable --force` and `--force NAME/2 stable` are the same.
import type { TObject } from 'typebox'

export interface SplitWords {
  words: string[]
  /** flags and their values */
  rest: string[]
}

/** What follows a flag that is no switch is its value; `--flag=value` is one argument. */
export function splitWords(schema: TObject, argv: readonly string[]): SplitWords {
  const [words, rest]: [string[], string[]] = [[], []]
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!
    if (!argument.startsWith('-')) words.push(argument)
    else {
      rest.push(argument)
      if (takesValue(schema, argument) && i + 1 < argv.length) rest.push(argv[++i]!)
    }
  }
  return { words, rest }
}

function takesValue(schema: TObject, argument: string): boolean {
  const name = argument.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const { type } = (schema.properties[name] ?? {}) as { type?: string }
  return type !== undefined && type !== 'boolean'
}
