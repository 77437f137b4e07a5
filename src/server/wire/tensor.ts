// An array of numbers on its way in or out: nested arrays in JSON, one binary block in msgpack.

export class WireTensor {
  readonly data: Float32Array | Float64Array
  readonly shape: readonly number[]

  constructor(data: Float32Array | Float64Array, shape: readonly number[]) {
    this.data = data
    this.shape = shape
  }
}
