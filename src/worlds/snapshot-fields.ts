// The fields of a snapshot, which comes from outside and may hold anything: typed arrays of exactly the size that the
// model asks for, all numbers finite.
import { DimaError } from '../common/errors.ts'
import { firstNonFinite } from '../common/finite.ts'
import { numbersOf } from '../common/packed-arrays.ts'

/** Names of unknown fields are the caller's own and may be of any length. */
const LONGEST_FIELD = 64

/** `field` inside the snapshot, '' for the whole of it. What it held is not repeated. */
export function snapshotError(field: string, message: string): DimaError {
  const path = field ? `snapshot.${field.slice(0, LONGEST_FIELD)}` : 'snapshot'
  return new DimaError('invalid_snapshot', `${path} ${message}`, { field: path })
}

const SIZES = { f4: 4, f8: 8 } as const

/** A copy: the decoder's views are not aligned and keep the whole text alive. Throws DimaError `invalid_snapshot`. */
export function readNumbers<T extends 'f4' | 'f8'>(type: T, value: unknown, count: number, field: string) {
  if (!(value instanceof Uint8Array)) throw snapshotError(field, 'is not binary')
  if (value.byteLength !== count * SIZES[type])
    throw snapshotError(
      field,
      `has ${value.byteLength} bytes, expected ${count * SIZES[type]} for this model`,
    )
  const numbers = numbersOf(type, value, count)
  if (firstNonFinite(numbers) >= 0) throw snapshotError(field, 'has numbers that are not finite')
  return numbers
}
