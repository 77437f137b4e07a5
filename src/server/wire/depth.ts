// How deeply a request may be nested and how many fields an object of it may have. The deepest that means anything has
// 6 levels (starts[].actions), the widest the names of the agents.
import { DimaError } from '../../common/errors.ts'

export const MAX_DEPTH = 16
export const MAX_FIELDS = 4096

export const tooDeep = (): DimaError =>
  new DimaError('too_deep', `the body is nested more than ${MAX_DEPTH} levels deep`)

export const tooWide = (): DimaError =>
  new DimaError('invalid_request', `an object has more than ${MAX_FIELDS} fields`, { field: 'body' })

/** Looks at every array and object of what JSON.parse made, level by level. Throws DimaError `too_deep` or `invalid_request`. */
export function checkDepth(value: unknown): void {
  let level = [value].filter(isContainer)
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw tooDeep()
    level = containersIn(level)
  }
}

function containersIn(level: readonly object[]): object[] {
  const inner: object[] = []
  for (const container of level) {
    const values: unknown[] = Array.isArray(container) ? container : Object.values(container)
    if (values.length > MAX_FIELDS && !Array.isArray(container)) throw tooWide()
    for (const value of values) if (isContainer(value)) inner.push(value)
  }
  return inner
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null
