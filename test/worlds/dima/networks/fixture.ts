// Small networks with every weight random, so that no path is silent, and numbers to feed them.
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { initialValues, type Parameter } from '../../../../src/common/parameters.ts'
import { Rng } from '../../../../src/common/rng.ts'
import { sizeOf, type Tensor, tensor } from '../../../../src/common/tensors.ts'
import { taskSpec } from '../../../../src/env/make-env.ts'
import {
  type EncoderConfig,
  NETWORK_PRESETS,
  type NetworksConfig,
} from '../../../../src/worlds/dima/networks/presets.ts'
import {
  createNetworks,
  dimensionsOf,
  NETWORK_NAMES,
  type WorldModelWeights,
} from '../../../../src/worlds/dima/train/world-model.ts'

export type Tensors = Record<string, tf.Tensor>

export const dims = dimensionsOf(taskSpec('HalfCheetah-2x3'))
export const debug = NETWORK_PRESETS.debug

export const tinyPerceiver: EncoderConfig = {
  kind: 'perceiver',
  tokenWidth: 16,
  latents: 4,
  width: 32,
  heads: 2,
  headWidth: 8,
  layers: 1,
  hidden: 16,
}

export const withEncoder = (encoder: EncoderConfig): NetworksConfig => ({
  ...debug,
  denoiser: { ...debug.denoiser, encoder },
})

/** The oracle. Call in beforeAll. */
export const useCpu = () => tf.setBackend('cpu')

/** Initial values plus noise: what starts at zero no longer is. */
export function randomWeights(parameters: readonly Parameter[], seed = 1): Map<string, Float32Array> {
  const values = initialValues(parameters, seed)
  for (const [name, array] of values) {
    const rng = new Rng(seed, 'noise', name)
    for (let i = 0; i < array.length; i++) array[i]! += 0.05 * rng.normal()
  }
  return values
}

export function randomModel(config: NetworksConfig = debug, sizes = dims) {
  const networks = createNetworks(sizes, config)
  const weights = Object.fromEntries(
    NETWORK_NAMES.map((name) => [name, randomWeights(networks[name].parameters)]),
  ) as WorldModelWeights
  return { networks, weights }
}

export const tensorsOf = (parameters: readonly Parameter[], values: Map<string, Float32Array>): Tensors =>
  Object.fromEntries(parameters.map(({ name, shape }) => [name, tf.tensor(values.get(name)!, shape)]))

export const random = (shape: number[], ...key: (string | number)[]): Tensor =>
  tensor(shape, new Rng(...key).normals(sizeOf(shape)))

export const toTensor = ({ data, shape }: Tensor): tf.Tensor => tf.tensor(data, shape)
export const randomTensor = (shape: number[], ...key: (string | number)[]) => toTensor(random(shape, ...key))

/** Runs eagerly and returns the values. */
export const valuesOf = (f: () => tf.Tensor): Float32Array => tf.tidy(() => f().dataSync() as Float32Array)
