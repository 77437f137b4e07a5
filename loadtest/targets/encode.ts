// Requests as bytes, in either encoding; arrays as nested lists or as one binary tensor.
import { Packr } from 'msgpackr'
import { bytesOf } from '../../src/common/packed-arrays.ts'
import { nest } from '../../src/common/tensors.ts'
import type { Encoding } from './rest.ts'

const packr = new Packr({ useRecords: false, variableMapSize: true })

export const encode = (value: unknown, encoding: Encoding): Buffer =>
  encoding === 'json' ? Buffer.from(JSON.stringify(value)) : packr.pack(value)

export const tensorOf = (data: Float32Array, shape: readonly number[], encoding: Encoding): unknown =>
  encoding === 'json'
    ? nest(data, [...shape])
    : {
        __ndarray__: true,
        dtype: '<f4',
        shape,
        data: bytesOf(data),
      }
