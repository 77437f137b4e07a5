import { expect, test } from 'vitest'
import { encodeGraph, type Graph } from '../../src/graph/graph.ts'
import { decodeModel, encodeModel } from '../../src/graph/onnx.ts'

const graph: Graph = {
  name: 'sample',
  nodes: [
    {
      op: 'Gemm',
      inputs: ['x', 'w'],
      outputs: ['h'],
      attributes: { transB: { i: 1 }, alpha: { f: 0.5 }, transA: { i: 0 } },
    },
    {
      op: 'ReduceMean',
      inputs: ['h'],
      outputs: ['y'],
      attributes: { axes: { ints: [0, -1] }, mode: { s: 'add' } },
    },
  ],
  constants: new Map([
    ['w', { dtype: 'float32', shape: [1, 2], values: Float32Array.of(1.5, -2) }],
    ['big', { dtype: 'int64', shape: [2], values: [-1, -(2 ** 31)] }],
    ['flag', { dtype: 'bool', shape: [], values: Uint8Array.of(1) }],
  ]),
  inputs: [{ name: 'x', shape: ['batch', 0, 3], dtype: 'float32' }],
  outputs: [{ name: 'y', shape: [], dtype: 'int32' }],
}

test('a model survives encoding and decoding', () => {
  const bytes = encodeGraph(graph)
  const model = decodeModel(bytes)
  expect(model.irVersion).toBe(8)
  expect(model.opsetImport).toEqual([{ domain: '', version: 17 }])
  expect(model.graph.node.map(({ opType }) => opType)).toEqual(['Gemm', 'ReduceMean'])
  expect(encodeModel(model)).toEqual(bytes)
})

test('attributes carry their type', () => {
  const [gemm, mean] = decodeModel(encodeGraph(graph)).graph.node
  expect(gemm!.attribute).toMatchObject([
    { name: 'transB', type: 2, i: 1 },
    { name: 'alpha', type: 1, f: 0.5 },
    { name: 'transA', type: 2, i: 0 },
  ])
  expect(mean!.attribute).toMatchObject([
    { name: 'axes', type: 7, ints: [0, -1] },
    { name: 'mode', type: 3 },
  ])
  expect(new TextDecoder().decode(mean!.attribute[1]!.s)).toBe('add')
})

test('dimensions keep zero and names apart', () => {
  const { input, output } = decodeModel(encodeGraph(graph)).graph
  expect(input[0]!.type.tensorType).toEqual({
    elemType: 1,
    shape: { dim: [{ dimParam: 'batch' }, { dimValue: 0 }, { dimValue: 3 }] },
  })
  expect(output[0]!.type.tensorType).toEqual({ elemType: 6, shape: { dim: [] } })
})

test('constants are little-endian bytes', () => {
  const [w, big, flag] = decodeModel(encodeGraph(graph)).graph.initializer
  expect([...new Float32Array(Uint8Array.from(w!.rawData).buffer)]).toEqual([1.5, -2])
  expect([...new BigInt64Array(Uint8Array.from(big!.rawData).buffer)]).toEqual([-1n, -(2n ** 31n)])
  expect([...flag!.rawData]).toEqual([1])
  expect([w!.dataType, big!.dataType, flag!.dataType]).toEqual([1, 7, 9])
})
