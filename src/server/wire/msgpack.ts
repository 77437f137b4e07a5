// Requests and replies as plain msgpack that every language reads, tensors as one binary block.
import { Packr, Unpackr } from 'msgpackr'
import { DimaError } from '../../common/errors.ts'
import { bytesOf, numberTypeOf } from '../../common/packed-arrays.ts'
import { hostIsLittle, isMarker, readMarker } from './markers.ts'
import { invalidMsgpack, scanMsgpack } from './msgpack-scan.ts'
import { WireTensor } from './tensor.ts'

// Without useRecords: false, msgpackr writes objects in a way of its own.
const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true })
// Maps, because msgpackr throws on objects with the binary keys that openpi and msgpack-numpy send.
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: false })

/**
 * One value: maps become objects, tensor markers WireTensors that may share memory with `bytes`.
 * Throws DimaError `invalid_msgpack`, `too_deep`, and for a wrong tensor `invalid_request` or `invalid_shape`.
 */
export function decodeMsgpack(bytes: Uint8Array): unknown {
  scanMsgpack(bytes)
  return parseMsgpack(bytes)
}

/** The value in bytes that scanMsgpack has passed. */
export const parseMsgpack = (bytes: Uint8Array): unknown => convert(unpack(bytes), '')

function unpack(bytes: Uint8Array): unknown {
  try {
    return unpackr.unpack(bytes)
  } catch {
    // The scan has named whatever can be named; msgpackr's message may quote the data.
    throw invalidMsgpack('it can not be read')
  }
}

/** The scan bounds the depth. */
function convert(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return checkInteger(value, path)
  if (Array.isArray(value)) return convertList(value, path)
  if (value instanceof Map) return convertMap(value, path)
  // Nothing but tensors has binary, and a schema would count its bytes as fields.
  const field = path || 'body'
  throw new DimaError('invalid_request', `${field} is binary, which only tensors are`, {
    field,
    given: 'binary',
  })
}

function checkInteger(value: unknown, path: string): unknown {
  if (typeof value !== 'bigint') return value
  if (Number.isSafeInteger(Number(value))) return Number(value)
  const field = path || 'body'
  throw new DimaError('invalid_request', `${field} is an integer of more than 53 bits`, {
    field,
    expected: `<= ${Number.MAX_SAFE_INTEGER}`,
    given: String(value),
  })
}

function convertList(list: unknown[], path: string): unknown[] {
  for (let i = 0; i < list.length; i++)
    if (typeof list[i] !== 'number') list[i] = convert(list[i], `${path}[${i}]`)
  return list
}

function convertMap(map: Map<unknown, unknown>, path: string): unknown {
  const fields: Record<string, unknown> = {}
  for (const [key, value] of map) {
    const name = nameOf(key)
    if (Object.hasOwn(fields, name)) throw invalidMsgpack('a map has the same key twice')
    fields[name] = value
  }
  if (isMarker(fields)) return readMarker(fields, path || 'body')
  for (const name of Object.keys(fields))
    fields[name] = convert(fields[name], path ? `${path}.${name}` : name)
  return fields
}

function nameOf(key: unknown): string {
  const name = key instanceof Uint8Array ? Buffer.from(key).toString() : key
  if (typeof name !== 'string') throw invalidMsgpack('a key is not text')
  if (name === '__proto__') throw invalidMsgpack('a key is not allowed')
  return name
}

/** Fields that are undefined are left out. The result's memory is its own. */
export const encodeMsgpack = (value: unknown): Buffer => packr.pack(plain(value))

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof WireTensor) return marker(value)
  if (Array.isArray(value)) return typeof value[0] === 'object' ? value.map(plain) : value
  const fields: Record<string, unknown> = {}
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name]
    if (inner !== undefined) fields[name] = plain(inner)
  }
  return fields
}

const marker = ({ data, shape }: WireTensor) => ({
  __ndarray__: true,
  dtype: `${hostIsLittle ? '<' : '>'}${numberTypeOf(data)}`,
  shape,
  data: bytesOf(data),
})
