// Constants of ONNX files that are changed after they were written.
import { DATA_TYPE, type TensorProto } from './onnx.ts'

export const intVector = (name: string, values: readonly number[]): TensorProto => ({
  name,
  dims: [values.length],
  dataType: DATA_TYPE.int64,
  rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
})

export const floatScalar = (name: string, dims: number[], value: number): TensorProto => ({
  name,
  dims,
  dataType: DATA_TYPE.float32,
  rawData: new Uint8Array(Float32Array.of(value).buffer),
})

/** Of an int64 vector; its bytes begin wherever the file has them. */
export const intsOf = ({ rawData }: TensorProto): number[] =>
  [...new BigInt64Array(new Uint8Array(rawData).buffer)].map(Number)

/** Whether all are this number, of float32 values. */
export const isFilledWith = ({ dataType, rawData }: TensorProto, value: number): boolean =>
  dataType === DATA_TYPE.float32 && new Float32Array(new Uint8Array(rawData).buffer).every((x) => x === value)
