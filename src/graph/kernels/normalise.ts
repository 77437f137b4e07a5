// Softmax and layer normalisation.
import type * as tf from '@tensorflow/tfjs-core'
import type { GraphBuilder, Value } from '../graph-builder.ts'
import type { KernelTable } from './kernel.ts'

const softmax = ({ logits }: { logits: Value }, { dim }: tf.SoftmaxAttrs, graph: GraphBuilder): Value =>
  graph.node('Softmax', [logits], logits, { axis: { i: dim } })

const logSoftmax = (
  { logits }: { logits: Value },
  { axis }: tf.LogSoftmaxAttrs,
  graph: GraphBuilder,
): Value => graph.node('LogSoftmax', [logits], logits, { axis: { i: axis } })

/**
 * A kernel of our own, not of tfjs: networks call it through `tf.engine().runKernel('LayerNormalization', ...)`
 * inside a tf.customGrad. Normalises the last axes, those of gamma; returns y, the mean and the inverse standard
 * deviation, both with these axes of length one.
 */
function layerNormalization(
  { x, gamma, beta }: { x: Value; gamma: Value; beta: Value },
  { epsilon }: { epsilon: number },
  graph: GraphBuilder,
): Value[] {
  const axis = x.shape.length - gamma.shape.length
  const moment = { shape: x.shape.map((d, i) => (i < axis ? d : 1)), dtype: x.dtype }
  const attributes = { axis: { i: axis }, epsilon: { f: epsilon } }
  return graph.multiNode('LayerNormalization', [x, gamma, beta], [x, moment, moment], attributes)
}

export const normaliseKernels: KernelTable = {
  LayerNormalization: layerNormalization,
  LogSoftmax: logSoftmax,
  Softmax: softmax,
}
