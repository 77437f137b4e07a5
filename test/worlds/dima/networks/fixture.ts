// The model of random weights, and numbers to feed its networks.
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../../../../src/common/parameters.ts'
import { Rng } from '../../../../src/common/rng.ts'
import { sizeOf, type Tensor, tensor } from '../../../../src/common/tensors.ts'
import type { EncoderConfig, NetworksConfig } from '../../../../src/worlds/dima/networks/presets.ts'
import { debug } from '../random-model.ts'

export { compiled, debug, dims, randomModel, randomWeights } from '../random-model.ts'

export type Tensors = Record<string, tf.Tensor>

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

export const withLinearPath: NetworksConfig = {
  ...debug,
  denoiser: { ...debug.denoiser, linearPath: true },
}

/** The oracle. Call in beforeAll. */
export const useCpu = () => tf.setBackend('cpu')

export const tensorsOf = (parameters: readonly Parameter[], values: Map<string, Float32Array>): Tensors =>
  Object.fromEntries(parameters.map(({ name, shape }) => [name, tf.tensor(values.get(name)!, shape)]))

export const random = (shape: number[], ...key: (string | number)[]): Tensor =>
  tensor(shape, new Rng(...key).normals(sizeOf(shape)))

export const toTensor = ({ data, shape }: Tensor): tf.Tensor => tf.tensor(data, shape)
export const randomTensor = (shape: number[], ...key: (string | number)[]) => toTensor(random(shape, ...key))

/** Runs eagerly and returns the values. */
export const valuesOf = (f: () => tf.Tensor): Float32Array => tf.tidy(() => f().dataSync() as Float32Array)
