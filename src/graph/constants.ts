// Constants of a graph under construction: equal ones are stored once.
import { type Constant, constantBytes } from './graph.ts'

export class ConstantPool {
  readonly byName = new Map<string, Constant>()
  private readonly byHash = new Map<string, { name: string; bytes: Uint8Array }[]>()

  /** The name of an initialiser with these values; `nameOf` makes one for new values. */
  intern(constant: Constant, nameOf: () => string): string {
    const bytes = constantBytes(constant)
    const key = `${constant.dtype}|${constant.shape}|${hash(bytes)}`
    const bucket = this.byHash.get(key) ?? []
    const known = bucket.find((entry) => equal(entry.bytes, bytes))
    if (known) return known.name
    const name = nameOf()
    this.byName.set(name, constant)
    this.byHash.set(key, [...bucket, { name, bytes }])
    return name
  }
}

/** FNV-1a, 32 bits. Bytes, not numbers, are compared: 0 and -0 differ, NaN equals itself. */
function hash(bytes: Uint8Array): number {
  let h = 0x811c9dc5
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193)
  return h >>> 0
}

const equal = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i])

const uniformCache = new WeakMap<object, { value: number | undefined }>()

/** The number that all `values` are, or undefined. */
export function uniformValue(values: ArrayLike<number> & object): number | undefined {
  const cached = uniformCache.get(values)
  if (cached) return cached.value
  let value = values[0]
  for (let i = 1; i < values.length && value !== undefined; i++)
    if (!Object.is(values[i], value)) value = undefined
  uniformCache.set(values, { value })
  return value
}
