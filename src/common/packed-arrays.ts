// Typed arrays as the bytes that they lie in, and back, for what has binary and no arrays of numbers: msgpack, files,
// frames. Little endian, as every machine that Node runs on. A format says itself where types and sizes stand.

/** Types of numbers, named as NumPy names them. */
export const ARRAYS = {
  f4: Float32Array,
  f8: Float64Array,
  i4: Int32Array,
  u4: Uint32Array,
  u1: Uint8Array,
} as const
export type NumberType = keyof typeof ARRAYS
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array
type ArrayOf<T extends NumberType> = InstanceType<(typeof ARRAYS)[T]>

/** Shares memory with `values`. A Buffer: of a typed array, msgpackr would cut each element to a byte. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

export function numberTypeOf(values: TypedArray): NumberType {
  for (const type in ARRAYS) if (values instanceof ARRAYS[type as NumberType]) return type as NumberType
  throw new Error('no array of these types')
}

/**
 * The numbers in `bytes`, in memory of their own: bytes begin anywhere in a message, numbers must not, and a view would
 * keep the whole message alive.
 * @param count of numbers, where it is known
 * @throws Error for what is not binary, or has other than `count` numbers, or not a whole number of them
 */
export function numbersOf<T extends NumberType>(type: T, bytes: unknown, count?: number): ArrayOf<T> {
  const { buffer, byteOffset, byteLength } = checkSize(type, bytes, count)
  return new ARRAYS[type](buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer) as ArrayOf<T>
}

/** The numbers in `bytes`, sharing their memory where they lie as numbers may; otherwise as numbersOf. */
export function viewNumbers<T extends NumberType>(type: T, bytes: unknown, count?: number): ArrayOf<T> {
  const { buffer, byteOffset, byteLength } = checkSize(type, bytes, count)
  const size = ARRAYS[type].BYTES_PER_ELEMENT
  if (byteOffset % size !== 0) return numbersOf(type, bytes, count)
  return new ARRAYS[type](buffer as ArrayBuffer, byteOffset, byteLength / size) as ArrayOf<T>
}

function checkSize(type: NumberType, bytes: unknown, count: number | undefined): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new Error('it is not binary')
  const size = ARRAYS[type].BYTES_PER_ELEMENT
  if (count !== undefined && bytes.length !== count * size)
    throw new Error(`it has ${bytes.length} bytes, not ${count * size}`)
  if (bytes.length % size !== 0) throw new Error(`it has ${bytes.length} bytes, numbers have ${size} each`)
  return bytes
}

/** A copy of `value` with its typed arrays, wherever they stand in its fields and lists, as what `pack` makes of them. */
export function packArrays(value: unknown, pack: (array: TypedArray) => unknown = bytesOf): unknown {
  if (ArrayBuffer.isView(value)) return pack(value as TypedArray)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => packArrays(item, pack))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, packArrays(item, pack)]))
}
