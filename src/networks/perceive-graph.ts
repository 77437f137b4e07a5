// What the agents of our own tasks see, as a graph of a bundle without weights: the closed form of the environments'
// observation (src/env/mujoco/observer.ts), in float32.
import * as tf from '@tensorflow/tfjs-core'
import type { ClosedForm } from '../env/closed-form.ts'
import type { ServingGraph } from '../graph/serving-graph.ts'
import type { Widths } from './dimensions.ts'
import { standardise } from './functions.ts'

/** States [B, S] in environment units -> observations [B, N, O]. */
export function perceiveGraph(
  { agents: N, state: S, observation: O }: Omit<Widths, 'action'>,
  form: ClosedForm,
): ServingGraph {
  return {
    inputs: (B) => [{ name: 'states', shape: [B, S] }],
    outputs: (B) => [{ name: 'observations', shape: [B, N, O] }],
    build: (_, { states }) => {
      if (typeof form === 'object') {
        const places = tf.tensor1d(form.entries.flat(), 'int32')
        return { observations: tf.reshape(tf.gather(states!, places, 1), [-1, N, O]) }
      }
      const alike = tf.tile(tf.expandDims(states!, 1), [1, N, 1]) // [B, N, S]
      const room = tf.pad(alike, [
        [0, 0],
        [0, 0],
        [0, N],
      ] as [number, number][]) // [B, N, O]
      const seen = tf.add(room, tf.tensor3d(ids(N, S), [1, N, O]))
      return { observations: form === 'standardised' ? standardised(seen) : seen }
    },
  }
}

/** One-hot, behind S zeros. [N, S + N] */
function ids(N: number, S: number): Float32Array {
  const values = new Float32Array(N * (S + N))
  for (let agent = 0; agent < N; agent++) values[agent * (S + N) + S + agent] = 1
  return values
}

/** So much larger, values have a variance beside which the epsilon of a layer norm is nothing; a power of two rounds nothing. */
const LARGE = 2 ** 12

/**
 * Over the last axis, by the population's deviation. As a layer norm, which sums every row alike: the engine's ReduceMean does not,
 * and a row alone would have other last bits than in company.
 */
const standardised = (values: tf.Tensor): tf.Tensor => standardise(tf.mul(values, LARGE), 1)
