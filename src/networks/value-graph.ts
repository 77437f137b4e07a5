// What a state is worth to the policy that a model brings, as the graph of a bundle: the critic between the units of the
// environment and those of its reward. The same for worlds of every kind.
import * as tf from '@tensorflow/tfjs-core'
import type { ServingGraph } from '../graph/serving-graph.ts'
import type { Critic } from './critic.ts'

export interface ValueUnits {
  /** of a state's entries [S]; the critic sees scale (s - mean) / std */
  state: { mean: readonly number[]; std: readonly number[]; scale: number }
  /** of values; the critic's answer is (value - mean) / std */
  value: { mean: number; std: number }
}

/** States [B, S] in environment units -> values [B], discounted rewards that follow. */
export function valueGraph(
  { value }: Pick<Critic, 'value'>,
  { state, value: units }: ValueUnits,
): ServingGraph {
  const S = state.mean.length
  return {
    network: 'value',
    inputs: (B) => [{ name: 'states', shape: [B, S] }],
    outputs: (B) => [{ name: 'values', shape: [B] }],
    build: (w, { states }) => {
      const scale = state.std.map((std) => state.scale / std)
      const seen = tf.mul(tf.sub(states!, tf.tensor1d([...state.mean])), tf.tensor1d(scale))
      return { values: tf.add(tf.mul(value(w, seen), units.std), units.mean) }
    },
  }
}
