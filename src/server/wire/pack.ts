// A decoded value made ready to cross from a thread: regular lists of numbers become parts of one block, which moves and is
// not copied, so that what is left has few entries. A million small lists would take the event loop as long as parsing.
import { DimaError } from '../../common/errors.ts'
import { sum } from '../../common/statistics.ts'
import { sizeOf } from '../../common/tensors.ts'
import { WireTensor } from './tensor.ts'

/** Entries of what is no tensor. A good request has 8192 at most: names and numbers of 4096 sessions. */
const MOST_LOOSE = 16_384

export interface Packed {
  /** a bigint, of which decoded values have none, stands for the tensor of that number */
  rest: unknown
  shapes: (readonly number[])[]
  numbers: Float64Array<ArrayBuffer>
}

/** Throws DimaError `invalid_shape` when there are far too many entries that are no regular arrays. */
export function pack(value: unknown): Packed {
  const packer = new Packer()
  const rest = packer.pack(value, '')
  return { rest, ...packer.finish() }
}

/** What was packed, with WireTensors for its arrays of numbers. */
export function unpack({ rest, shapes, numbers }: Packed): unknown {
  let offset = 0
  const tensors = shapes.map((shape) => {
    const from = offset
    offset += sizeOf(shape)
    return new WireTensor(numbers.subarray(from, offset), shape)
  })
  const revive = (value: unknown): unknown => {
    if (typeof value === 'bigint') return tensors[Number(value)]
    if (typeof value !== 'object' || value === null) return value
    const entries = value as Record<string, unknown> // or a list: names are indices then
    for (const name in entries) entries[name] = revive(entries[name])
    return entries
  }
  return revive(rest)
}

class Packer {
  private readonly tensors: { value: unknown; shape: readonly number[] }[] = []
  private loose = 0
  /** of the first list that is not regular */
  private irregular: string | undefined

  pack(value: unknown, path: string): unknown {
    if (typeof value !== 'object' || value === null) return value
    const shape = regularShape(value)
    if (shape) return BigInt(this.tensors.push({ value, shape }) - 1)
    return Array.isArray(value) ? this.packList(value, path) : this.packFields(value, path)
  }

  finish(): Pick<Packed, 'shapes' | 'numbers'> {
    const shapes = this.tensors.map(({ shape }) => shape)
    const numbers = new Float64Array(sum(shapes.map(sizeOf)))
    let offset = 0
    for (const { value } of this.tensors) offset = copy(value, numbers, offset)
    return { shapes, numbers }
  }

  private packList(list: unknown[], path: string): unknown[] {
    this.count(list.length, path)
    if (list.length > 0 && isArray(list[0])) this.irregular ??= path
    return list.map((inner, i) => this.pack(inner, `${path}[${i}]`))
  }

  private packFields(fields: object, path: string): object {
    const entries = Object.entries(fields)
    this.count(entries.length, path)
    const inner = (name: string) => (path ? `${path}.${name}` : name)
    return Object.fromEntries(entries.map(([name, value]) => [name, this.pack(value, inner(name))]))
  }

  private count(entries: number, path: string): void {
    this.loose += entries
    if (this.loose <= MOST_LOOSE) return
    const field = this.irregular || path || 'body'
    throw new DimaError('invalid_shape', `${field} is not a regular array of numbers`, {
      field,
      expected: 'lists of equal lengths that have numbers and nothing else',
    })
  }
}

const isArray = (value: unknown): boolean => Array.isArray(value) || value instanceof WireTensor

/** The shape of a tensor, or of nested lists that are one; undefined for anything else. */
function regularShape(value: object): readonly number[] | undefined {
  const shape: number[] = []
  let first: unknown = value
  for (; Array.isArray(first) && first.length > 0; first = first[0]) shape.push(first.length)
  if (first instanceof WireTensor) shape.push(...first.shape)
  else if (typeof first !== 'number') return undefined
  return hasShape(value, shape, 0) ? shape : undefined
}

function hasShape(value: unknown, shape: readonly number[], depth: number): boolean {
  if (value instanceof WireTensor) {
    const { shape: own } = value
    return own.length === shape.length - depth && own.every((length, axis) => length === shape[depth + axis])
  }
  if (!Array.isArray(value) || value.length !== shape[depth]) return false
  if (depth === shape.length - 1) return value.every((one) => typeof one === 'number')
  return value.every((inner) => hasShape(inner, shape, depth + 1))
}

/** Returns the offset after it. */
function copy(value: unknown, numbers: Float64Array, offset: number): number {
  if (value instanceof WireTensor) {
    numbers.set(value.data, offset)
    return offset + value.data.length
  }
  let at = offset
  for (const inner of value as unknown[])
    if (typeof inner === 'number') numbers[at++] = inner
    else at = copy(inner, numbers, at)
  return at
}
