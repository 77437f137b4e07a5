// An observation as a few tokens: vectors, each replaced by the nearest of a codebook (van den Oord et al. 2017, arXiv 1711.00937).
// R rows, K tokens, V codes of C numbers, O observation.
import * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../../../common/parameters.ts'
import {
  geluLayer,
  type Layer,
  ParameterList,
  sequence,
  uniform,
  type Weights,
} from '../../../networks/layers.ts'
import type { TokenizerConfig } from './presets.ts'

export interface Tokenizer {
  parameters: Parameter[]
  /** Observations [..., O] -> vectors [..., K * C]. */
  encode: Layer
  /** The reverse. */
  decode: Layer
}

export function createTokenizer(
  { observation: O }: { observation: number },
  { tokens, codeWidth, width: W }: TokenizerConfig,
): Tokenizer {
  const p = new ParameterList()
  const mlp = (path: string, inputs: number, outputs: number) =>
    sequence(
      p.linear(`${path}.0`, inputs, W),
      geluLayer,
      p.linear(`${path}.1`, W, W),
      geluLayer,
      p.linear(`${path}.2`, W, outputs),
    )
  const vectors = tokens * codeWidth
  return { encode: mlp('encoder', O, vectors), decode: mlp('decoder', vectors, O), parameters: p.all }
}

/** The codebook [V, C], which does not learn by gradients (codebook.ts of training). */
export const codebook = ({ codes, codeWidth }: TokenizerConfig): Parameter => ({
  name: 'codes',
  shape: [codes, codeWidth],
  init: uniform(Math.sqrt(6 / (codes * codeWidth))),
  decay: false,
})

/** What a bundle's encoder and decoder are made of: the codebook is one of their weights. */
export const servedTokenizer = (tokenizer: Tokenizer, config: TokenizerConfig): Tokenizer => ({
  ...tokenizer,
  parameters: [...tokenizer.parameters, codebook(config)],
})

/** Numbers of the nearest codes, of several the first: [R, C] -> [R]. */
export function nearest(codes: tf.Tensor, vectors: tf.Tensor): tf.Tensor {
  const [V] = codes.shape as [number, number]
  // The distance less what all codes have in common.
  const lengths = tf.sum(tf.square(codes), 1) // [V]
  const products = tf.matMul(vectors as tf.Tensor2D, codes as tf.Tensor2D, false, true)
  const closeness = tf.sub(products, tf.mul(lengths, 0.5)) // [R, V]
  const isNearest = tf.cast(tf.equal(closeness, tf.max(closeness, 1, true)), 'float32')
  const fromLast = tf.tensor1d(Float32Array.from({ length: V }, (_, code) => V - code))
  return tf.sub(V, tf.max(tf.mul(isNearest, fromLast), 1))
}

/** Rows of a table by their numbers, which are whole float32 numbers: [V, C], [...] -> [..., C]. */
export const pick = (table: tf.Tensor, numbers: tf.Tensor): tf.Tensor =>
  tf.reshape(tf.gather(table, tf.cast(tf.reshape(numbers, [-1]), 'int32')), [
    ...numbers.shape,
    table.shape[1]!,
  ])

/** The codes [R, C] that vectors [R, C] are taken for; gradients go to the vectors as if they were the codes. */
export const takenFor = tf.customGrad((_vectors, codes) => ({
  value: tf.clone(codes as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => [dy, tf.zerosLike(dy)],
})) as (vectors: tf.Tensor, codes: tf.Tensor) => tf.Tensor

/** Observations [..., O] -> tokens [..., K]. */
export function tokensOf({ encode }: Tokenizer, w: Weights, observations: tf.Tensor): tf.Tensor {
  const codes = w.codes!
  const [, C] = codes.shape as [number, number]
  const vectors = encode(w, observations)
  const tokens = vectors.shape.at(-1)! / C
  return tf.reshape(nearest(codes, tf.reshape(vectors, [-1, C])), [...vectors.shape.slice(0, -1), tokens])
}

/** Tokens [..., K] -> observations [..., O]. */
export function observationsOf({ decode }: Tokenizer, w: Weights, tokens: tf.Tensor): tf.Tensor {
  const codes = w.codes!
  const width = tokens.shape.at(-1)! * codes.shape[1]!
  return decode(w, tf.reshape(pick(codes, tokens), [...tokens.shape.slice(0, -1), width]))
}
