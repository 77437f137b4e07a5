// What is wrong with a configuration, in words: for a choice the words to choose from and the one that was meant.
import type Value from 'typebox/value'
import { didYouMean } from './closest.ts'
import { describe } from './describe.ts'

type SchemaError = ReturnType<typeof Value.Errors>[number]

export interface Named {
  /** what a person calls the value at a path such as `/inner/rate` */
  nameOf: (path: string) => string
  /** the fields there are, by the names that are compared with an unknown one */
  fields: readonly string[]
}

/** @param errors as the schema's check gives them, at least one */
export function wrongValue(
  errors: readonly SchemaError[],
  value: unknown,
  { nameOf, fields }: Named,
): string {
  const { instancePath: path, keyword, message } = errors[0]!
  const name = nameOf(path)
  if (keyword === 'boolean') return `${name} is not known${didYouMean(path.slice(1), fields)}`
  const choices = choicesAt(errors, path)
  if (choices.length === 0) return `${name} ${message}`
  const given = at(value, path)
  const meant = typeof given === 'string' ? didYouMean(given, choices) : ''
  return `${name} is ${JSON.stringify(describe(given))}, none of ${choices.join(', ')}${meant}`
}

/** Of an enumeration, or of a union of words. None where something else is allowed too. */
function choicesAt(errors: readonly SchemaError[], path: string): string[] {
  const here = errors.filter(({ instancePath, keyword }) => instancePath === path && keyword !== 'anyOf')
  const choices = here.map(({ keyword, params }) => {
    const { allowedValue, allowedValues } = params as { allowedValue?: unknown; allowedValues?: unknown[] }
    if (keyword === 'const') return [allowedValue]
    return keyword === 'enum' ? allowedValues : undefined
  })
  return choices.includes(undefined) ? [] : choices.flat().map(String)
}

const at = (value: unknown, path: string): unknown =>
  path
    .split('/')
    .slice(1)
    .reduce<unknown>((inside, key) => (inside as Record<string, unknown> | undefined)?.[key], value)
