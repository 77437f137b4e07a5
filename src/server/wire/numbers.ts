// Nested arrays, or the tensors of msgpack, into flat typed arrays: one pass that checks shape, type and finiteness
// while it copies.
import { describe as describePlain } from '../../common/describe.ts'
import { DimaError } from '../../common/errors.ts'
import { WireTensor } from './tensor.ts'

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
  if (value instanceof WireTensor) copyTensor(value, shape, field, target, offset)
  else copyNested(value, shape, field, target, offset)
}

/** Entries of the first axis of nested arrays or of a tensor; undefined for what is neither. */
export function lengthOf(value: unknown): number | undefined {
  if (value instanceof WireTensor) return value.shape[0]
  return Array.isArray(value) ? value.length : undefined
}

/** A short list that may have come as a tensor of one axis, as NumPy users send it. */
export const asList = (value: unknown): unknown =>
  value instanceof WireTensor && value.shape.length === 1 ? [...value.data] : value

function copyTensor(
  { data, shape: given }: WireTensor,
  shape: readonly number[],
  field: string,
  target: Numbers,
  offset: number,
): void {
  if (given.length !== shape.length || given.some((length, axis) => length !== shape[axis]))
    throw wrongShape(field, shape, new WireTensor(data, given))
  for (let i = 0; i < data.length; i++) {
    const number = data[i]!
    if (!(Math.abs(number) <= LARGEST)) throw wrongNumber(field + subscripts(placeOf(i, shape)), number)
    target[offset + i] = number
  }
}

/** Indices of the entry that stands at `i` in the flat array. */
export function placeOf(i: number, shape: readonly number[]): number[] {
  let rest = i
  return shape
    .toReversed()
    .map((length) => {
      const index = rest % length
      rest = Math.floor(rest / length)
      return index
    })
    .reverse()
}

function copyNested(
  value: unknown,
  shape: readonly number[],
  field: string,
  target: Numbers,
  offset: number,
): void {
  const path: number[] = []
  let at = offset

  function copy(inner: unknown, depth: number): void {
    path.length = depth
    if (inner instanceof WireTensor) copyInner(inner, depth)
    else if (Array.isArray(inner) && inner.length === shape[depth]) copyList(inner, depth)
    else
      throw wrongShape(
        field + subscripts(path),
        shape.slice(depth),
        inner,
        depth > 0 ? `${field} must be ${list(shape)}` : '',
      )
  }

  /** A list of tensors, say one for each state. */
  function copyInner(inner: WireTensor, depth: number): void {
    copyTensor(inner, shape.slice(depth), field + subscripts(path), target, at)
    at += inner.data.length
  }

  const copyList = (inner: unknown[], depth: number): void =>
    depth === shape.length - 1 ? copyRow(inner) : copyEach(inner, depth)

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
  if (lengthOf(value) !== undefined) return wrongShape(field, [], value)
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
export const describe = (value: unknown): unknown =>
  value instanceof WireTensor ? [...value.shape] : describePlain(value)

export const subscripts = (path: readonly number[]): string => path.map((i) => `[${i}]`).join('')
const list = (shape: readonly unknown[]): string => `[${shape.join(', ')}]`
