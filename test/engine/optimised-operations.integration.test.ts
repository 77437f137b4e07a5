// Nodes are counted as ONNX Runtime runs them, not as the graph has them.
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { optimisedOperations } from '../../src/engine/optimised-operations.ts'
import { decodeModel } from '../../src/graph/onnx.ts'
import { traceGraph } from '../../src/graph/trace.ts'

test('what ONNX Runtime fuses is one operation, the most frequent come first', async () => {
  const { bytes } = traceGraph({
    name: 'fused',
    inputs: [{ name: 'x', shape: [3, 4] }],
    build: ({ x }) => ({ y: tf.mul(x!, tf.sigmoid(x!)), z: tf.exp(tf.exp(x!)) }),
  })
  const operations = decodeModel(bytes).graph.node.map(({ opType }) => opType)
  expect(operations.toSorted()).toEqual(['Exp', 'Exp', 'Mul', 'Sigmoid'])
  expect([...(await optimisedOperations(bytes))]).toEqual([
    ['Exp', 2],
    ['QuickGelu', 1],
  ])
})
