// Constants of ONNX files that are changed after they were written.
import { DATA_TYPE, type TensorProto } from './onnx.ts'

export const intVector = (name: string, values: readonly number[]): TensorProto => ({
  name,
  dims: [values.length],
  dataType: DATA_TYPE.int64,
  rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
})

/** One number as a tensor of so many axes. */
export const scalar = (
  name: string,
  rank: number,
  value: number,
  dtype: 'float32' | 'float64',
): TensorProto => ({
  name,
  dims: Array<number>(rank).fill(1),
  dataType: DATA_TYPE[dtype],
  rawData: new Uint8Array((dtype === 'float32' ? Float32Array : Float64Array).of(value).buffer),
})

/** Of an int64 vector; its bytes begin wherever the file has them. */
export const intsOf = ({ rawData }: TensorProto): number[] =>
  [...new BigInt64Array(new Uint8Array(rawData).buffer)].map(Number)

/** Whether all are this number, of float32 values. */
export const isFilledWith = ({ dataType, rawData }: TensorProto, value: number): boolean =>
  dataType === DATA_TYPE.float32 && new Float32Array(new Uint8Array(rawData).buffer).every((x) => x === value)
