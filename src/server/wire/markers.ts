// Arrays as Python sends them in msgpack, which has no arrays of numbers of its own. Two conventions:
//   openpi:        {"__ndarray__": true, "dtype": "<f4", "shape": [2, 3], "data": <bytes>}
//                  {"__npgeneric__": true, "dtype": "<i8", "data": 7}, a scalar
//   msgpack-numpy: {"nd": true, "type": "<f4", "kind": "", "shape": [2, 3], "data": <bytes>}, nd false for a scalar
import { DimaError } from '../../common/errors.ts'
import { numberOfHalf } from '../../common/float16.ts'
import { viewNumbers } from '../../common/packed-arrays.ts'
import { sizeOf } from '../../common/tensors.ts'
import { describe, wrongShape } from './numbers.ts'
import { WireTensor } from './tensor.ts'

type Fields = Record<string, unknown>
type Read = (view: DataView, at: number, little: boolean) => number

const READ: Record<string, Read> = {
  b1: (view, at) => Number(view.getUint8(at) !== 0),
  f2: (view, at, little) => numberOfHalf(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
}

const MOST_AXES = 8
export const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

export const isMarker = (fields: Fields): boolean =>
  Object.hasOwn(fields, '__ndarray__') ||
  Object.hasOwn(fields, '__npgeneric__') ||
  (Object.hasOwn(fields, 'nd') && Object.hasOwn(fields, 'data'))

/**
 * A scalar, or an array without axes, is the value itself. `field` is where the marker stands.
 * Throws DimaError `invalid_request` or `invalid_shape` naming a part of it.
 */
export function readMarker(fields: Fields, field: string): WireTensor | Scalar {
  if (Object.hasOwn(fields, '__npgeneric__')) return readScalar(fields, field)
  const dtype = Object.hasOwn(fields, '__ndarray__') ? 'dtype' : 'type'
  const type = readType(fields[dtype], `${field}.${dtype}`)
  const shape = fields.nd === false ? [] : readShape(fields.shape, `${field}.shape`)
  const bytes = readBytes(fields.data, `${field}.data`, shape, type.width)
  const data = numbersOf(bytes, type)
  if (shape.length > 0) return new WireTensor(data, shape)
  return type.name === 'b1' ? data[0] === 1 : data[0]!
}

type Scalar = number | boolean | string

/** openpi sends the value as msgpack has it, others its bytes. */
function readScalar({ data, dtype }: Fields, field: string): Scalar {
  if (data instanceof Uint8Array) return readMarker({ nd: false, type: dtype, data }, field) as Scalar
  if (typeof data === 'bigint' && Number.isSafeInteger(Number(data))) return Number(data)
  if (typeof data === 'number' || typeof data === 'boolean' || typeof data === 'string') return data
  throw new DimaError('invalid_request', `${field}.data is not a number`, {
    field: `${field}.data`,
    expected: 'number',
    given: describe(typeof data === 'bigint' ? String(data) : data),
  })
}

interface NumberType {
  /** f4, u1, ... */
  name: string
  width: number
  little: boolean
}

function readType(given: unknown, field: string): NumberType {
  const text = given instanceof Uint8Array ? Buffer.from(given).toString('latin1') : given
  const [, order = '', name = ''] =
    /^([<>|=])([bfiu][1248])$/.exec(typeof text === 'string' ? text : '') ?? []
  if (!Object.hasOwn(READ, name))
    throw new DimaError('invalid_request', `${field} is not a type of numbers that is read here`, {
      field,
      expected: Object.keys(READ).map((known) => (known.endsWith('1') ? `|${known}` : `<${known}`)),
      given: describe(text),
    })
  return { name, width: Number(name[1]), little: order === '=' ? hostIsLittle : order !== '>' }
}

function readShape(given: unknown, field: string): number[] {
  const good =
    Array.isArray(given) && given.length <= MOST_AXES && given.every((n) => Number.isSafeInteger(n) && n >= 0)
  if (good) return given
  throw new DimaError('invalid_request', `${field} is not a list of at most ${MOST_AXES} sizes`, {
    field,
    expected: 'array',
    given: describe(given),
  })
}

function readBytes(given: unknown, field: string, shape: number[], width: number): Uint8Array {
  if (!(given instanceof Uint8Array))
    throw new DimaError('invalid_request', `${field} is not binary`, {
      field,
      expected: 'binary',
      given: describe(given),
    })
  const expected = width * sizeOf(shape)
  if (given.length !== expected) throw wrongLength(field, expected, given.length)
  return given
}

function wrongLength(field: string, expected: number, given: number): DimaError {
  const { code, message, details } = wrongShape(field, [expected], null)
  return new DimaError(code, message.replace('the value null', `${given} bytes`), {
    ...details,
    given: [given],
  })
}

/** May share memory with `bytes`. */
function numbersOf(bytes: Uint8Array, type: NumberType): Float32Array | Float64Array {
  const { name } = type
  if (type.little === hostIsLittle && (name === 'f4' || name === 'f8')) return viewNumbers(name, bytes)
  const count = bytes.length / type.width
  const read = READ[type.name]!
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = type.width <= 2 || type.name === 'f4' ? new Float32Array(count) : new Float64Array(count)
  for (let i = 0; i < count; i++) numbers[i] = read(view, i * type.width, type.little)
  return numbers
}
