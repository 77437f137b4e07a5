// EDM's objective for the dynamics model (method.md 2.4, 2.5): at a random noise level and with a random set of
// visible agents, predict (x_clean - c_skip x_noisy) / c_out. `selfFed` consecutive steps are trained per window;
// after each the target in the window is replaced by the model's own estimate, without gradient.
import * as tf from '@tensorflow/tfjs-core'
import type { Rng } from '../../../common/rng.ts'
import { type NamedTensors, tensor } from '../../../common/tensors.ts'
import type { Data } from '../../../episodes/replay/intake.ts'
import { normaliseInto, type ReplayObjective } from '../../../learning/objectives.ts'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { stopGradient } from '../../../networks/functions.ts'
import { type Denoiser, precondition, SIGMA_DATA } from '../networks/denoiser.ts'
import type { WorldModelHyperparameters } from './hyperparameters.ts'

type Config = WorldModelHyperparameters['denoiser'] & Pick<WorldModelHyperparameters, 'recency'>
type Tensors = Record<string, tf.Tensor>

export function denoiserObjective(network: Denoiser, dims: Dimensions, config: Config): ReplayObjective {
  const { batch: B, selfFed: J } = config
  const { context: L, agents: N, action: A, state: S } = dims
  const shapes = {
    states: [B, L + J, S],
    actions: [B, L + J - 1, N, A],
    valid: [B, J], // 0 where the target itself is padding
    sigma: [B, J],
    noise: [B, J, S],
    visible: [B, J, N],
  }
  return {
    name: 'denoiser',
    parameters: network.parameters,
    inputs: Object.entries(shapes).map(([name, shape]) => ({ name, shape })),
    loss: (weights, inputs) => {
      const loss = selfFedLoss(network, dims, J, weights, inputs)
      return { loss, metrics: {} }
    },
    batch: (data, rng) => drawBatch(data, rng, dims, config, shapes),
  }
}

function selfFedLoss(
  network: Denoiser,
  dims: Dimensions,
  steps: number,
  weights: Tensors,
  inputs: Tensors,
): tf.Scalar {
  const { context: L, agents: N, action: A, state: S } = dims
  const at = (name: string, j: number) => tf.slice(inputs[name]!, [0, j], [-1, 1]) // [B, 1, ...]
  let window = tf.slice(inputs.states!, [0, 0, 0], [-1, L, S]) // [B, L, S]
  const losses: tf.Tensor[] = []
  for (let j = 0; j < steps; j++) {
    const clean = tf.reshape(at('states', L + j), [-1, S])
    const sigma = tf.reshape(at('sigma', j), [-1, 1])
    const { total, cSkip, cOut } = precondition(sigma, network.offsetNoise)
    const noisy = tf.add(clean, tf.mul(tf.reshape(at('noise', j), [-1, S]), total))
    const actions = tf.slice(inputs.actions!, [0, j, 0, 0], [-1, L, N, A])
    const past = tf.ones([noisy.shape[0]!, L - 1, N])
    const embedding = network.embedActions(weights, actions, tf.concat([past, at('visible', j)], 1))
    const predicted = network.predict(weights, { noisy, sigma, context: window, embedding })
    const target = tf.div(tf.sub(clean, tf.mul(cSkip, noisy)), cOut)
    const errors = tf.mean(tf.squaredDifference(predicted, target), 1) // [B]
    const valid = tf.reshape(at('valid', j), [-1])
    losses.push(tf.div(tf.sum(tf.mul(errors, valid)), tf.maximum(tf.sum(valid), 1)))
    if (j + 1 < steps) {
      const estimate = tf.add(tf.mul(cSkip, noisy), tf.mul(cOut, predicted))
      const fed = tf.mul(stopGradient(estimate), tf.expandDims(valid, 1)) // padding stays zero
      window = tf.concat([tf.slice(window, [0, 1, 0], [-1, L - 1, S]), tf.expandDims(fed, 1)], 1)
    }
  }
  return tf.div(tf.addN(losses), steps) as tf.Scalar
}

function drawBatch(data: Data, rng: Rng, dims: Dimensions, config: Config, shapes: Record<string, number[]>) {
  const batch: NamedTensors = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, tensor(shape)]),
  )
  for (let row = 0; row < config.batch; row++) {
    fillWindow(data, rng, dims, config, batch, row)
    for (let j = 0; j < config.selfFed; j++) {
      batch.sigma!.data[row * config.selfFed + j] = drawSigma(rng, config)
      const place = (row * config.selfFed + j) * dims.agents
      for (const agent of drawVisible(rng, dims.agents, config)) batch.visible!.data[place + agent] = 1
    }
  }
  batch.noise!.data.set(rng.normals(batch.noise!.data.length))
  return batch
}

/** One window of L + J states with the actions between them, left-padded with zeros before the episode. */
function fillWindow(
  { replay, statistics }: Data,
  rng: Rng,
  dims: Dimensions,
  config: Config,
  batch: NamedTensors,
  row: number,
) {
  const { context: L, agents: N, action: A, state: S } = dims
  const size = L + config.selfFed
  const { episode: index, start } = replay.window(rng, size, config.recency)
  const episode = replay.episodes[index]!
  const padding = Math.max(0, -start)
  const first = start + padding
  const [states, actions] = [batch.states!.data, batch.actions!.data]
  const moments = { mean: statistics.mean, std: statistics.std }
  normaliseInto(
    states,
    (row * size + padding) * S,
    episode.states,
    first,
    size - padding,
    moments,
    SIGMA_DATA,
  )
  const count = Math.max(0, size - 1 - padding)
  const joint = N * A
  actions.set(
    episode.actions.subarray(first * joint, (first + count) * joint),
    (row * (size - 1) + padding) * joint,
  )
  for (let j = 0; j < config.selfFed; j++)
    batch.valid!.data[row * config.selfFed + j] = L + j >= padding ? 1 : 0
}

/** ln sigma ~ N(mean, std²), clipped. */
function drawSigma(rng: Rng, { sigmaLogMean, sigmaLogStd, sigmaMin, sigmaMax }: Config): number {
  return Math.min(sigmaMax, Math.max(sigmaMin, Math.exp(sigmaLogMean + sigmaLogStd * rng.normal())))
}

/** The visible agents of one step: one, all, or a random group of two or more (method.md 7.6). */
export function drawVisible(
  rng: Rng,
  agents: number,
  config: Pick<Config, 'oneAgentShare' | 'allAgentsShare'>,
): number[] {
  const u = rng.uniform()
  const order = rng.permutation(agents)
  if (u < config.oneAgentShare || agents === 1) return order.slice(0, 1)
  if (u < config.oneAgentShare + config.allAgentsShare) return order
  return order.slice(0, 2 + rng.int(agents - 1))
}
