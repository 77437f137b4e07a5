// EDM's objective for the dynamics model (method.md 2.4, 2.5): at a random noise level and with a random set of
// visible agents, predict (x_clean - c_skip x_noisy) / c_out. `selfFed` consecutive steps are trained per window;
// after each the target in the window is replaced by the model's own estimate, without gradient.
import * as tf from '@tensorflow/tfjs-core'
import type { Objective } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { stopGradient } from '../../../networks/functions.ts'
import type { Denoiser } from '../networks/denoiser.ts'
import { type BatchSize, denoiserInputs, sampledRows } from './denoiser-batch.ts'
import { type Estimator, errorsOf } from './denoiser-errors.ts'

type Tensors = Record<string, tf.Tensor>

export function denoiserObjective(network: Denoiser, dims: Dimensions, config: BatchSize): Objective {
  return {
    name: 'denoiser',
    parameters: network.parameters,
    inputs: denoiserInputs(dims, config),
    loss: (weights, inputs) => ({
      loss: selfFedLoss(network, dims, config, weights, inputs),
      metrics: {},
    }),
  }
}

function selfFedLoss(
  network: Denoiser,
  dims: Dimensions,
  config: BatchSize,
  weights: Tensors,
  inputs: Tensors,
): tf.Scalar {
  const { context: L, agents: N, action: A, state: S } = dims
  const steps = config.selfFed
  const at = (name: string, j: number) => tf.slice(inputs[name]!, [0, j], [-1, 1]) // [B, 1, ...]
  let window = tf.slice(inputs.states!, [0, 0, 0], [-1, L, S]) // [B, L, S]
  const unrolled = network.unroll(weights)
  const estimator: Estimator = {
    predict: (input) => network.predict(weights, input, unrolled),
    offsetNoise: network.offsetNoise,
    entryWeights: inputs.entry_weights!,
  }
  const losses: tf.Tensor[] = []
  for (let j = 0; j < steps; j++) {
    const clean = tf.reshape(at('states', L + j), [-1, S])
    const actions = tf.slice(inputs.actions!, [0, j, 0, 0], [-1, L, N, A])
    const past = tf.ones([clean.shape[0]!, L - 1, N])
    const embedding = network.embedActions(weights, actions, tf.concat([past, at('visible', j)], 1))
    const drawn = { sigma: tf.reshape(at('sigma', j), [-1, 1]), noise: tf.reshape(at('noise', j), [-1, S]) }
    const valid = at('valid', j) // [B, 1]
    const rows = { clean, context: window, embedding, valid }
    const { estimate, sum, count } = errorsOf(estimator, rows, drawn, sampledRows(config))
    losses.push(tf.div(sum, tf.maximum(count, 1)))
    if (j + 1 < steps) {
      const fed = tf.mul(stopGradient(estimate), valid) // padding stays zero
      window = tf.concat([tf.slice(window, [0, 1, 0], [-1, L - 1, S]), tf.expandDims(fed, 1)], 1)
    }
  }
  return tf.div(tf.addN(losses), steps) as tf.Scalar
}
