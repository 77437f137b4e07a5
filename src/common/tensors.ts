// Flat arrays with a shape, row-major. What crosses between folders, processes and graphs.
import type { TypedArray } from './packed-arrays.ts'
import { sum } from './statistics.ts'

export interface Tensor<Data extends Float32Array | Uint8Array = Float32Array> {
  data: Data
  shape: number[]
}

export type NamedTensors = Record<string, Tensor>

/** What graphs are given: numbers, or bytes of 0 and 1 where an input is bool. */
export type Feeds = Record<string, Tensor<Float32Array | Uint8Array>>

/** Nested arrays of numbers, as they stand in JSON. */
export type Nested = number | Nested[]

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

export const tensor = (shape: number[], data: Float32Array = new Float32Array(sizeOf(shape))): Tensor => {
  if (data.length !== sizeOf(shape)) throw new Error(`${data.length} values for shape [${shape}]`)
  return { data, shape }
}

/** Rows `from`..`to` of the first axis, sharing memory. */
export function rows<Data extends Float32Array | Uint8Array>(
  { data, shape }: Tensor<Data>,
  from: number,
  to: number,
): Tensor<Data> {
  const width = sizeOf(shape.slice(1))
  return { data: data.subarray(from * width, to * width) as Data, shape: [to - from, ...shape.slice(1)] }
}

/** Flat values as nested arrays of the given shape. */
export function nest(data: ArrayLike<number>, shape: readonly number[], offset = 0): Nested {
  if (shape.length === 0) return data[offset]!
  const [n = 0, ...rest] = shape
  const width = sizeOf(rest)
  if (rest.length === 0) return Array.from({ length: n }, (_, i) => data[offset + i]!)
  return Array.from({ length: n }, (_, i) => nest(data, rest, offset + i * width))
}

/** The parts one after the other, in an array of the first one's type. A single part is returned as it is. */
export function concatenate<T extends TypedArray>(parts: readonly T[]): T {
  if (parts.length === 1) return parts[0]!
  const whole = new (parts[0]!.constructor as new (length: number) => T)(
    sum(parts.map((part) => part.length)),
  )
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Writes `part`, [count, width], at `offset` of each of `count` equal rows: the reverse of cutRows. */
export function pasteRows<T extends TypedArray>(data: T, count: number, offset: number, part: T): void {
  const [stride, width] = [data.length / count, part.length / count]
  for (let row = 0; row < count; row++)
    data.set(part.subarray(row * width, (row + 1) * width), row * stride + offset)
}

/** Fills `whole`, [count, sum of widths], with parts [count, width] next to each other in every row. */
export function pasteColumns<T extends TypedArray>(whole: T, count: number, parts: readonly T[]): T {
  let offset = 0
  for (const part of parts) {
    pasteRows(whole, count, offset, part)
    offset += part.length / count
  }
  return whole
}

/** A copy of `width` numbers from `offset` on of each of `count` equal rows: [count, width]. */
export function cutRows(data: Float32Array, count: number, offset: number, width: number): Float32Array {
  const stride = data.length / count
  const cut = new Float32Array(count * width)
  for (let row = 0; row < count; row++) {
    const start = row * stride + offset
    cut.set(data.subarray(start, start + width), row * width)
  }
  return cut
}
