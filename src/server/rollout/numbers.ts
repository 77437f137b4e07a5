// Nested JSON arrays into flat typed arrays: one pass that checks shape, type and finiteness while it copies.
import { DimaError } from '../../common/errors.ts'

type Numbers = Float32Array | Float64Array

/** The networks compute in 32 bits, so a larger number would reach them as Infinity. */
const LARGEST = 3.4028234663852886e38

/** Copies `value`, which must have exactly `shape`, to `target` from `offset`. Errors name the first wrong entry. */
export function copyNumbers(
  value: unknown,
  shape: readonly number[],
  field: string,
  target: Numbers,
  offset = 0,
): void {
  const path: number[] = []
  let at = offset

  function copy(inner: unknown, depth: number): void {
    path.length = depth
    if (!Array.isArray(inner) || inner.length !== shape[depth])
      throw wrongShape(
        field + subscripts(path),
        shape.slice(depth),
        inner,
        depth > 0 ? `${field} must be ${list(shape)}` : '',
      )
    if (depth === shape.length - 1) copyRow(inner)
    else copyEach(inner, depth)
  }

  function copyEach(inner: unknown[], depth: number): void {
    for (let i = 0; i < inner.length; i++) {
      path[depth] = i
      copy(inner[i], depth + 1)
    }
  }

  function copyRow(row: unknown[]): void {
    for (let i = 0; i < row.length; i++) {
      const number = row[i]
      // Written so that NaN fails too.
      if (typeof number !== 'number' || !(Math.abs(number) <= LARGEST))
        throw wrongNumber(`${field}${subscripts(path)}[${i}]`, number)
      target[at++] = number
    }
  }

  copy(value, 0)
}

export function wrongShape(
  field: string,
  expected: readonly unknown[],
  value: unknown,
  whole = '',
): DimaError {
  const given = describe(value)
  const message = `${field} has ${Array.isArray(given) ? `shape ${list(given)}` : `the value ${given}`}, expected ${list(expected)}`
  return new DimaError('invalid_shape', whole ? `${message} (${whole})` : message, { field, expected, given })
}

function wrongNumber(field: string, value: unknown): DimaError {
  if (Array.isArray(value)) return wrongShape(field, [], value)
  const given = describe(value)
  if (typeof value === 'number')
    return new DimaError('not_finite', `${field} is not a finite 32-bit number`, {
      field,
      expected: 'a finite number',
      given,
    })
  return new DimaError('invalid_request', `${field} is not a number`, { field, expected: 'number', given })
}

/** Short enough for a reply whatever was sent: the shape of an array, the kind of an object, the start of a text. */
export function describe(value: unknown): unknown {
  if (Array.isArray(value)) return shapeOf(value)
  if (typeof value === 'string') return value.length > 80 ? `${value.slice(0, 80)}…` : value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value === undefined) return 'nothing'
  return value === null || typeof value === 'boolean' ? value : typeof value
}

/** Along the first entries, at most 8 deep. */
function shapeOf(value: unknown): number[] {
  const shape: number[] = []
  for (let inner = value; Array.isArray(inner) && shape.length < 8; inner = inner[0]) shape.push(inner.length)
  return shape
}

const subscripts = (path: readonly number[]): string => path.map((i) => `[${i}]`).join('')
const list = (shape: readonly unknown[]): string => `[${shape.join(', ')}]`
