// A gated recurrent unit (Cho et al. 2014, arXiv 1406.1078) with torch's gates: the reset gate weighs what the state gives,
// not the state.
import * as tf from '@tensorflow/tfjs-core'
import { type ParameterList, uniform, type Weights } from './layers.ts'

/** Inputs [R, I] and state [R, D] -> the next state [R, D]. */
export function gruCell(p: ParameterList, path: string, inputs: number, width: number) {
  const bias = uniform(1 / Math.sqrt(width))
  const fromInput = p.linear(`${path}.input`, inputs, 3 * width, { bias })
  const fromState = p.linear(`${path}.state`, width, 3 * width, { bias })
  const apart = (x: tf.Tensor) => tf.split(x, [2 * width, width], 1) as [tf.Tensor, tf.Tensor]
  return (w: Weights, input: tf.Tensor, state: tf.Tensor): tf.Tensor => {
    const [gatesOfInput, candidateOfInput] = apart(fromInput(w, input))
    const [gatesOfState, candidateOfState] = apart(fromState(w, state))
    const gates = tf.sigmoid(tf.add(gatesOfInput, gatesOfState))
    const [reset, keep] = tf.split(gates, 2, 1) as [tf.Tensor, tf.Tensor]
    const candidate = tf.tanh(tf.add(candidateOfInput, tf.mul(reset, candidateOfState)))
    return tf.add(candidate, tf.mul(keep, tf.sub(state, candidate)))
  }
}
