// The options of a task, as a query string behind its name: `?observation=raw&hops=1`.
import type { Static, TObject } from 'typebox'
import { didYouMean } from '../common/closest.ts'
import { parseConfig } from '../common/config.ts'
import { DimaError } from '../common/errors.ts'

const called = (name: string): string => `the option ${name} of a task`

/** With defaults for what is left out. DimaError `invalid_config` for an option that is unknown, wrong or given twice. */
export function parseQuery<S extends TObject>(schema: S, query: string): Static<S> {
  const given = [...new URLSearchParams(query)]
  checkNames(
    given.map(([name]) => name),
    Object.keys(schema.properties),
  )
  return parseConfig(schema, Object.fromEntries(given), (path) => called(path.slice(1)))
}

/** Not left to the schema, whose check does not see `__proto__` and `constructor`. */
function checkNames(given: readonly string[], known: readonly string[]): void {
  for (const [i, name] of given.entries()) {
    const wrong = !known.includes(name)
      ? `is not known${didYouMean(name, known)}`
      : given.indexOf(name) < i && 'is given more than once'
    if (wrong) throw new DimaError('invalid_config', `${called(name)} ${wrong}`, { field: name })
  }
}

/** The query of the options that are not the defaults, in the order of the schema; empty where all are. */
export function queryOf<S extends TObject>(schema: S, options: Static<S>): string {
  const [values, defaults] = [options, parseConfig(schema, {})] as Record<string, unknown>[]
  const changed = Object.keys(schema.properties).filter((name) => values![name] !== defaults![name])
  return changed.length > 0 ? `?${changed.map((name) => `${name}=${values![name]}`).join('&')}` : ''
}
