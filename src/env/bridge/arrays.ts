// Arrays in messages: {nd: dtype, s: shape, d: bytes}, little endian as every machine that Node runs on.
import { ARRAYS, bytesOf, numbersOf, type TypedArray } from '../../common/packed-arrays.ts'
import { sizeOf } from '../../common/tensors.ts'
import { protocolError } from './protocol-error.ts'
import { isMap } from './read-message.ts'

const TYPES = { '<f4': 'f4', '<f8': 'f8', '<i4': 'i4', '<u4': 'u4', '|u1': 'u1' } as const
export type Dtype = keyof typeof TYPES
export type FloatDtype = '<f4' | '<f8'
export const FLOATS: readonly FloatDtype[] = ['<f4', '<f8']

export interface WireArray {
  readonly nd: Dtype
  readonly s: readonly number[]
  readonly d: Buffer
}

/** Shares memory with `values`, whose type is that of `nd`. */
export const wireArray = (nd: Dtype, s: readonly number[], values: TypedArray): WireArray => ({
  nd,
  s,
  d: bytesOf(values),
})

/** Floats in the type that was declared for them; shares memory where that is their own. */
export const wireFloats = (nd: FloatDtype, s: readonly number[], values: Float64Array): WireArray =>
  wireArray(nd, s, nd === '<f8' ? values : new Float32Array(values))

export const isArray = (value: unknown): boolean =>
  isMap(value) && 'nd' in value && 's' in value && 'd' in value

/** Where numbers are written: an array of this size, for this field. */
export type Room = (size: number, field: string) => Float64Array
export const freshRoom: Room = (size) => new Float64Array(size)

/**
 * Finite floats of exactly this shape. DimaError `bridge_protocol` names the field, and the place of what is not
 * finite.
 */
export function readFloats(
  value: unknown,
  field: string,
  dtypes: readonly FloatDtype[],
  shape: readonly number[],
  room = freshRoom,
): Float64Array {
  const { nd, d } = readArray(value, field, dtypes, shape)
  const floats = room(sizeOf(shape), field)
  if (nd === '<f8') bytesOf(floats).set(d)
  else floats.set(singles(d))
  for (let i = 0; i < floats.length; i++)
    if (!Number.isFinite(floats[i]))
      throw protocolError(`${field}${placeOf(i, shape)}`, 'is not finite', 'a finite number', floats[i])
  return floats
}

/** Of entry i in C order, [copy][entry]. */
function placeOf(i: number, shape: readonly number[]): string {
  let [place, rest] = ['', i]
  for (const length of shape.toReversed()) {
    place = `[${rest % length}]${place}`
    rest = Math.floor(rest / length)
  }
  return place
}

let scratch = new Uint8Array(4096)

/** To be read at once: the memory is used again. A fresh array each time costs more than the rest of a message. */
function singles(bytes: Uint8Array): Float32Array {
  if (bytes.length > scratch.length) scratch = new Uint8Array(2 * bytes.length)
  scratch.set(bytes)
  return new Float32Array(scratch.buffer, 0, bytes.length / 4)
}

/** Numbers of any dtype and of any shape with `rows` rows. */
export function readRows(
  value: unknown,
  field: string,
  rows: number,
): { numbers: Float64Array; shape: readonly number[] } {
  const shape: unknown = isMap(value) ? value.s : undefined
  if (!Array.isArray(shape) || !shape.every((n) => Number.isInteger(n) && n >= 0) || shape[0] !== rows)
    throw protocolError(field, 'has another shape', `[${rows}, ...]`, shape)
  const { nd, d } = readArray(value, field, Object.keys(TYPES) as Dtype[], shape)
  return { numbers: new Float64Array(numbersOf(TYPES[nd], d)), shape }
}

/** 0 or 1 each. */
export function readFlags(value: unknown, field: string, shape: readonly number[]): Uint8Array {
  const flags = numbersOf('u1', readArray(value, field, ['|u1'], shape).d)
  const wrong = flags.findIndex((flag) => flag > 1)
  if (wrong >= 0) throw protocolError(`${field}[${wrong}]`, 'is no flag', '0 or 1', flags[wrong])
  return flags
}

export const readIndices = (value: unknown, field: string, shape: readonly number[]): Int32Array =>
  numbersOf('i4', readArray(value, field, ['<i4'], shape).d)

export const readSeeds = (value: unknown, field: string, shape: readonly number[]): Uint32Array =>
  numbersOf('u4', readArray(value, field, ['<u4'], shape).d)

function readArray(
  value: unknown,
  field: string,
  dtypes: readonly Dtype[],
  shape: readonly number[],
): { nd: Dtype; d: Uint8Array } {
  if (!isMap(value)) throw protocolError(field, 'is no array', '{nd, s, d}', value)
  const { s, d } = value
  const nd = value.nd instanceof Uint8Array ? Buffer.from(value.nd).toString() : value.nd
  if (!dtypes.some((dtype) => dtype === nd))
    throw protocolError(field, 'has another dtype', dtypes.join(' or '), nd)
  checkShape(s, field, shape)
  const size = ARRAYS[TYPES[nd as Dtype]].BYTES_PER_ELEMENT * sizeOf(shape)
  if (!(d instanceof Uint8Array) || d.length !== size)
    throw protocolError(field, 'has another size', `${size} bytes`, d)
  return { nd: nd as Dtype, d }
}

function checkShape(given: unknown, field: string, expected: readonly number[]): void {
  const same =
    Array.isArray(given) && given.length === expected.length && expected.every((n, i) => n === given[i])
  if (!same) throw protocolError(field, 'has another shape', expected, given)
}
