// The state behind what the agents of our own tasks see, as a graph of a bundle without weights: the reverse of
// perceive-graph.ts. A standardised vector has lost its mean and deviation, but not what they did to its one-hot id: a zero
// became -mean / std, the one (1 - mean) / std. B rows, N agents, S state, O observation.
import * as tf from '@tensorflow/tfjs-core'
import type { ClosedForm } from '../env/closed-form.ts'
import type { ServingGraph } from '../graph/serving-graph.ts'
import type { Widths } from './dimensions.ts'

/** The least 1 / std that is believed: an imagined observation may have any ids, and a deviation of 20 is no robot's. */
const LEAST_SCALE = 0.05

/**
 * Observations [B, N, O] -> states [B, S] in environment units, the mean of what those agents say who see an entry. Needs what
 * `tellsState` demands.
 */
export function recoverGraph(
  { agents: N, state: S, observation: O }: Omit<Widths, 'action'>,
  form: ClosedForm,
): ServingGraph {
  return {
    inputs: (B) => [{ name: 'observations', shape: [B, N, O] }],
    outputs: (B) => [{ name: 'states', shape: [B, S] }],
    build: (_, { observations }) => {
      if (typeof form === 'object') return { states: gathered(observations!, form.entries, { N, S, O }) }
      const seen = tf.slice(observations!, [0, 0, 0], [-1, N, S])
      const states = form === 'raw' ? seen : unscaled(observations!, seen, { N, S, O })
      const apart = tf.split(states, N, 1)
      const sum = apart.reduce((a, b) => tf.add(a, b)) // in this order for every row, which a reduction does not promise
      return { states: tf.reshape(tf.mul(sum, 1 / N), [-1, S]) }
    },
  }
}

/** Of each entry N times who sees it, in turn, and their mean. [B, S] */
function gathered(
  observations: tf.Tensor,
  entries: readonly (readonly number[])[],
  { N, S, O }: { N: number; S: number; O: number },
): tf.Tensor {
  const flat = tf.reshape(observations, [-1, N * O])
  const places = Array.from({ length: S }, (): number[] => [])
  entries.forEach((seen, agent) => {
    seen.forEach((entry, i) => {
      places[entry]!.push(agent * O + i)
    })
  })
  const turns = Array.from({ length: N }, (_, turn) =>
    tf.gather(
      flat,
      tf.tensor1d(
        places.map((of) => of[turn % of.length]!),
        'int32',
      ),
      1,
    ),
  )
  return tf.mul(
    turns.reduce((a, b) => tf.add(a, b)),
    1 / N,
  )
}

/** std * (z - b), where b is what a zero became. [B, N, S] */
function unscaled(
  observations: tf.Tensor,
  seen: tf.Tensor,
  { N, S, O }: { N: number; S: number; O: number },
) {
  const flat = tf.reshape(observations, [-1, N * O]) as tf.Tensor2D
  const picked = (weigh: (agent: number, id: number) => number) =>
    tf.reshape(tf.matMul(flat, idWeights({ N, S, O }, weigh)), [-1, N, 1])
  const scale = picked((agent, id) => (agent === id ? 1 : -1 / (N - 1))) // 1 / std
  const zero = picked((agent, id) => (agent === id ? 0 : 1 / (N - 1)))
  return tf.div(tf.sub(seen, zero), tf.maximum(scale, LEAST_SCALE))
}

/** What of an agent's ids makes its number. [N * O, N] */
function idWeights(
  { N, S, O }: { N: number; S: number; O: number },
  weigh: (agent: number, id: number) => number,
): tf.Tensor2D {
  const weights = new Float32Array(N * O * N)
  for (let agent = 0; agent < N; agent++)
    for (let id = 0; id < N; id++) weights[(agent * O + S + id) * N + agent] = weigh(agent, id)
  return tf.tensor2d(weights, [N * O, N])
}
