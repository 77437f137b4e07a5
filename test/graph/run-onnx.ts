// Runs a traced model on ONNX Runtime's CPU kernels.
import * as tf from '@tensorflow/tfjs-core'
import * as ort from 'onnxruntime-node'
import '@tensorflow/tfjs-backend-cpu'
import { expect } from 'vitest'
import type { DType, GraphValue } from '../../src/graph/graph.ts'

export interface Feed {
  data: ArrayLike<number>
  shape: number[]
}

const OPTIONS: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
}

export type Run = (feeds: Record<string, Feed>) => Promise<Record<string, Feed>>

export async function loadOnnx(
  bytes: Uint8Array,
  inputs: Pick<GraphValue, 'name' | 'dtype'>[],
): Promise<Run> {
  const session = await ort.InferenceSession.create(bytes, OPTIONS)
  const dtypes = new Map(inputs.map(({ name, dtype }) => [name, dtype]))
  return async (feeds) => {
    const entries = Object.entries(feeds).map(([name, feed]) => [name, toOrt(dtypes.get(name)!, feed)])
    const results = await session.run(Object.fromEntries(entries))
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromOrt(tensor)]))
  }
}

function toOrt(dtype: DType, { data, shape }: Feed): ort.Tensor {
  if (dtype === 'float32') return new ort.Tensor('float32', Float32Array.from(data), shape)
  if (dtype === 'int32') return new ort.Tensor('int32', Int32Array.from(data), shape)
  return new ort.Tensor('bool', Uint8Array.from(data), shape)
}

const fromOrt = (tensor: ort.Tensor): Feed => ({
  data: tensor.data as Float32Array,
  shape: [...tensor.dims],
})

/** Use in tests that compare with tfjs: the oracle is tfjs-cpu. */
export const useCpu = () => tf.setBackend('cpu')

/** Each number within atol + rtol |expected|; NaN and infinities must agree. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { atol = 0, rtol = 0 }: { atol?: number; rtol?: number },
): void {
  expect(actual.length).toBe(expected.length)
  const far = Array.from(expected, (value, i) => ({
    i,
    expected: Number(value),
    actual: Number(actual[i]),
  })).filter(
    (pair) =>
      !Object.is(pair.actual, pair.expected) &&
      !(Math.abs(pair.actual - pair.expected) <= atol + rtol * Math.abs(pair.expected)),
  )
  expect(far.slice(0, 5)).toEqual([])
}
