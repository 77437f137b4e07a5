// An array of numbers on its way in or out: nested arrays in JSON, one binary block in msgpack.
import { sizeOf } from '../../common/tensors.ts'

type Numbers = Float32Array | Float64Array

export class WireTensor {
  readonly data: Numbers
  readonly shape: readonly number[]

  constructor(data: Numbers, shape: readonly number[]) {
    this.data = data
    this.shape = shape
  }

  /** For JSON.stringify; large replies go through json.ts, piece by piece. */
  toJSON(): unknown {
    return nested(this.data, this.shape, 0)
  }
}

/** The numbers of `shape` from `offset` on. Plain loops and push: most of a large reply is made here. */
export function nested(data: Numbers, shape: readonly number[], offset: number): unknown {
  if (shape.length === 0) return data[offset]
  const [length = 0, ...rest] = shape
  const list: unknown[] = []
  if (rest.length === 0) for (let i = 0; i < length; i++) list.push(data[offset + i])
  else {
    const width = sizeOf(rest)
    for (let i = 0; i < length; i++) list.push(nested(data, rest, offset + i * width))
  }
  return list
}
