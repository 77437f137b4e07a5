// A small network in place of the action encoder, distilled from it: of N L A numbers and a mask the Perceiver of `paper`
// computes some 745 MFLOP, and what it says of them is smooth.
import * as tf from '@tensorflow/tfjs-core'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { ParameterList, sequence, siluLayer } from '../../../networks/layers.ts'
import type { ActionEncoder } from './action-encoder.ts'

export interface DistilledSizes {
  width: number
  /** hidden layers */
  layers: number
}

export interface DistilledEncoder {
  parameters: ParameterList['all']
  /** A hidden action's influence is exactly zero, as the encoder's. */
  embedActions: ActionEncoder
  /** the linear layer that gives the embedding: its weight [width, E] and bias [E] */
  head: { weight: string; bias: string }
}

/** @param out E, width of an embedding */
export function createDistilledEncoder(
  { context: L, agents: N, action: A }: Pick<Dimensions, 'context' | 'agents' | 'action'>,
  { width, layers }: DistilledSizes,
  out: number,
): DistilledEncoder {
  const p = new ParameterList()
  const count = L * N
  const hidden = Array.from({ length: layers }, (_, i) =>
    sequence(p.linear(`layers.${i}`, i === 0 ? count * (A + 1) : width, width), siluLayer),
  )
  const network = sequence(...hidden, p.linear('head', width, out))
  return {
    parameters: p.all,
    head: { weight: 'head.weight', bias: 'head.bias' },
    embedActions: (weights, actions, mask) => {
      const seen = tf.mul(tf.reshape(actions, [-1, count, A]), tf.reshape(mask, [-1, count, 1]))
      const flat = tf.concat([tf.reshape(seen, [-1, count * A]), tf.reshape(mask, [-1, count])], 1)
      return network(weights, flat) // [B, E]
    },
  }
}
