// The input tensors of an infer request, as numbers: from lists in its JSON, flat or nested, or from the bytes behind it.
import type { InferRequest } from '../../api/kserve.ts'
import { DimaError } from '../../common/errors.ts'
import { sizeOf } from '../../common/tensors.ts'
import { describe } from '../wire/numbers.ts'
import { WireTensor } from '../wire/tensor.ts'

type Numbers = Float32Array | Float64Array
export type Input = Omit<InferRequest['inputs'][number], 'data'> & { data?: unknown }

/** How the numbers of a type lie in bytes, little-endian, and as what they are kept. */
const READERS: Record<
  string,
  { bytes: number; kept: new (length: number) => Numbers; read: (view: DataView, at: number) => number }
> = {
  FP32: { bytes: 4, kept: Float32Array, read: (view, at) => view.getFloat32(at, true) },
  FP64: { bytes: 8, kept: Float64Array, read: (view, at) => view.getFloat64(at, true) },
  INT32: { bytes: 4, kept: Float64Array, read: (view, at) => view.getInt32(at, true) },
  UINT32: { bytes: 4, kept: Float64Array, read: (view, at) => view.getUint32(at, true) },
  INT64: { bytes: 8, kept: Float64Array, read: (view, at) => Number(view.getBigInt64(at, true)) },
  UINT64: { bytes: 8, kept: Float64Array, read: (view, at) => Number(view.getBigUint64(at, true)) },
}

/**
 * By name. Throws DimaError `invalid_request` or `invalid_shape` naming the input.
 * @param inputs whose shapes ask for no more numbers than the model takes: so many are read on the event loop
 * @param binary follows the JSON
 */
export function readInputs(inputs: readonly Input[], binary: Uint8Array): Map<string, WireTensor> {
  const read = new Map<string, WireTensor>()
  let at = 0
  for (const input of inputs) {
    const field = `inputs.${input.name}`
    if (read.has(input.name)) throw wrong(field, 'is given twice', 'once')
    const size = input.parameters?.binary_data_size
    if (size !== undefined && at + size > binary.length)
      throw wrong(
        field,
        `says ${size} bytes, of which the body has ${binary.length - at}`,
        binary.length - at,
      )
    read.set(
      input.name,
      size === undefined ? listed(input, field) : packed(input, field, binary.subarray(at, at + size)),
    )
    at += size ?? 0
  }
  if (at !== binary.length)
    throw wrong('inputs', `name ${at} of the ${binary.length} bytes behind the JSON`, binary.length)
  return read
}

function packed({ shape, datatype, data }: Input, field: string, bytes: Uint8Array): WireTensor {
  if (data !== undefined) throw wrong(field, 'has both data and binary_data_size', 'one of them')
  const { bytes: width, kept, read } = READERS[datatype]!
  const count = sizeOf(shape)
  if (bytes.length !== count * width)
    throw wrongSize(field, shape, `${bytes.length} bytes`, `${count * width} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = new kept(count)
  for (let i = 0; i < count; i++) numbers[i] = read(view, i * width)
  return new WireTensor(numbers, shape)
}

function listed({ shape, datatype, data }: Input, field: string): WireTensor {
  const numbers = new READERS[datatype]!.kept(sizeOf(shape))
  const read = copyList(data, numbers, 0, field)
  if (read !== numbers.length) throw wrongSize(field, shape, `${read} numbers`, `${numbers.length}`)
  return new WireTensor(numbers, shape)
}

/** Copies lists of lists of numbers one after the other from `at`, and tells where they end; not past the end of `target`. */
function copyList(data: unknown, target: Numbers, at: number, field: string): number {
  const list = data instanceof WireTensor ? data.data : data
  if (!Array.isArray(list) && !ArrayBuffer.isView(list)) throw wrong(`${field}.data`, 'is no list', 'array')
  let next = at
  for (let i = 0; i < (list as unknown[]).length; i++) {
    const entry = (list as unknown[])[i]
    if (typeof entry === 'number') target[next++] = entry
    else if (Array.isArray(entry) || entry instanceof WireTensor) next = copyList(entry, target, next, field)
    else throw wrong(`${field}.data`, `has at ${next} no number but ${String(describe(entry))}`, 'number')
    if (next > target.length) return next
  }
  return next
}

const wrong = (field: string, why: string, expected: unknown): DimaError =>
  new DimaError('invalid_request', `${field} ${why}`, { field, expected })

const wrongSize = (field: string, shape: readonly number[], given: string, expected: string): DimaError =>
  new DimaError(
    'invalid_shape',
    `${field} has ${given}, its shape [${shape.join(', ')}] asks for ${expected}`,
    {
      field,
      expected,
      given,
    },
  )
