// Graphs put together: what would be there twice is there once, and nothing is left unsaid.
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { areComposable, Composition } from '../../src/graph/composition.ts'
import { decodeModel, type ModelProto } from '../../src/graph/onnx.ts'
import { traceGraph } from '../../src/graph/trace.ts'

/** y = exp(x W) + b, of x and a number b. */
const graph = decodeModel(
  traceGraph({
    name: 'graph',
    inputs: [
      { name: 'x', shape: [1, 3] },
      { name: 'b', shape: [1, 1] },
    ],
    build: ({ x, b }) => {
      const w = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3])
      return { y: tf.add(tf.exp(tf.matMul(x as tf.Tensor2D, w)), b!) }
    },
  }).bytes,
)

const operationsOf = ({ graph: { node } }: ModelProto): string[] =>
  node.map(({ opType }) => opType).toSorted()

test('constants, and what is computed of the same values, are shared', () => {
  const composition = new Composition(new Map([['graph', graph]]))
  const x = composition.input('first', ['graph', 'x'])
  const [one, two] = [1, 2].map((b) => composition.place('graph', { x, b: composition.scalar(b, 2) }).y!)
  const again = composition.place('graph', { x: one!, b: composition.scalar(2, 2) }).y!
  composition.output('sum', composition.node('Add', [two!, again]), ['graph', 'y'])
  const composed = decodeModel(composition.encode('composed'))
  // x W and its exponential once for `one` and `two`, once more for `again`
  expect(operationsOf(composed)).toEqual([
    'Add',
    'Add',
    'Add',
    'Add',
    'Exp',
    'Exp',
    'Identity',
    'MatMul',
    'MatMul',
  ])
  expect(composed.graph.initializer).toHaveLength(graph.graph.initializer.length + 2)
  expect(composed.graph.input).toEqual([{ ...graph.graph.input[0], name: 'first' }])
  expect(composed.graph.output.map(({ name }) => name)).toEqual(['sum'])
})

test('an input that is not given, and a graph that is not there, are said', () => {
  const composition = new Composition(new Map([['graph', graph]]))
  const x = composition.input('x', ['graph', 'x'])
  expect(() => composition.place('graph', { x })).toThrow(/no value b/)
  expect(() => composition.place('other', { x })).toThrow(/no value other/)
})

test('graphs of several versions, or with graphs inside, are not composed', () => {
  const newer = { ...graph, opsetImport: [{ domain: '', version: 18 }] }
  const inner = { name: 'body', type: 5, g: graph.graph }
  const loop = { name: 'loop', opType: 'Loop', input: [], output: [], attribute: [inner] }
  const looping = { ...graph, graph: { ...graph.graph, node: [loop] } }
  expect(areComposable([graph, graph])).toBe(true)
  expect(areComposable([graph, newer])).toBe(false)
  expect(areComposable([looping])).toBe(false)
})
