// The layers every network is made of. A layer constructor registers its parameters in a list and returns a
// function of the weights and the input, so one definition runs eagerly, is traced and is differentiated.
import * as tf from '@tensorflow/tfjs-core'
import type { Parameter } from '../common/parameters.ts'
import type { Rng } from '../common/rng.ts'
import { elu, gelu, layerNormalise, silu } from './functions.ts'
import { orthogonal } from './orthogonal.ts'

export type Weights = Record<string, tf.Tensor>
export type Layer = (weights: Weights, x: tf.Tensor) => tf.Tensor
export type Init = Parameter['init']

export const zeros: Init = (_, values) => void values.fill(0)
export const ones: Init = (_, values) => void values.fill(1)

export const normal =
  (std: number): Init =>
  (rng: Rng, values) => {
    for (let i = 0; i < values.length; i++) values[i] = std * rng.normal()
  }

export const uniform =
  (bound: number): Init =>
  (rng: Rng, values) => {
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * rng.uniform() - 1)
  }

/**
 * How a network starts: torch's defaults (Linear U(±1/sqrt(inputs)), Embedding N(0, 1)), minGPT's N(0, 0.02) for both with
 * zero biases, or Xavier's U(±sqrt(6 / (inputs + outputs))) with torch's biases (Glorot and Bengio 2010).
 */
export type LinearInit = 'torch' | 'gpt' | 'xavier'

interface LinearInits {
  weight: Init
  bias: Init
}

export interface LinearOptions {
  /** whether there is one, or how it starts in place of the network's own way */
  bias?: boolean | Init
  /** orthogonal weights times this, zero bias, in place of the network's own start */
  gain?: number
}

const orthogonalInit = (gain: number, shape: [number, number]): LinearInits => ({
  weight: orthogonal(gain, shape),
  bias: zeros,
})

/** The parameters of one network, in the order they were declared. */
export class ParameterList {
  readonly all: Parameter[] = []
  private readonly init: LinearInit

  constructor(init: LinearInit = 'torch') {
    this.init = init
  }

  add(name: string, shape: number[], init: Init, decay = false): string {
    this.all.push({ name, shape, init, decay })
    return name
  }

  /** y = x W + b over the last axis: [..., inputs] -> [..., outputs]. */
  linear(path: string, inputs: number, outputs: number, { bias = true, gain }: LinearOptions = {}): Layer {
    const init =
      gain === undefined ? this.linearInit(inputs, outputs) : orthogonalInit(gain, [inputs, outputs])
    const weight = this.add(`${path}.weight`, [inputs, outputs], init.weight, true)
    const biasInit = typeof bias === 'function' ? bias : init.bias
    const offset = bias ? this.add(`${path}.bias`, [outputs], biasInit) : undefined
    return (weights, x) => {
      const flat = tf.reshape(x, [-1, inputs]) as tf.Tensor2D
      const b = weights[weight] as tf.Tensor2D
      const y = offset
        ? tf.fused.matMul({ a: flat, b, bias: weights[offset]!, activation: 'linear' })
        : tf.matMul(flat, b)
      return tf.reshape(y, [...x.shape.slice(0, -1), outputs])
    }
  }

  private linearInit(inputs: number, outputs: number): LinearInits {
    if (this.init === 'gpt') return { weight: normal(0.02), bias: zeros }
    const bound = uniform(1 / Math.sqrt(inputs))
    const isXavier = this.init === 'xavier'
    return { weight: isXavier ? uniform(Math.sqrt(6 / (inputs + outputs))) : bound, bias: bound }
  }

  /** LayerNorm with affine, eps 1e-5, over the last axis. */
  layerNorm(path: string, width: number): Layer {
    const gamma = this.add(`${path}.weight`, [width], ones)
    const beta = this.add(`${path}.bias`, [width], zeros)
    return (weights, x) => layerNormalise(x, weights[gamma]!, weights[beta]!)
  }

  /** A learned table [count, width], used whole. */
  embedding(path: string, count: number, width: number): (weights: Weights) => tf.Tensor {
    const name = this.add(`${path}.weight`, [count, width], normal(this.init === 'gpt' ? 0.02 : 1))
    return (weights) => weights[name]!
  }

  /** Pre-norm gated feed-forward with residual: LN, Linear d -> 2m, a * GELU(b), Linear m -> d. */
  geglu(path: string, width: number, hidden: number): Layer {
    const norm = this.layerNorm(`${path}.norm`, width)
    const expand = this.linear(`${path}.in`, width, 2 * hidden)
    const contract = this.linear(`${path}.out`, hidden, width)
    return (weights, x) => {
      const [a, b] = tf.split(expand(weights, norm(weights, x)), 2, -1) as [tf.Tensor, tf.Tensor]
      return tf.add(x, contract(weights, tf.mul(a, gelu(b))))
    }
  }
}

/** Applies layers one after the other. */
export const sequence =
  (...layers: Layer[]): Layer =>
  (weights, x) =>
    layers.reduce((value, layer) => layer(weights, value), x)

export const siluLayer: Layer = (_, x) => silu(x)
export const geluLayer: Layer = (_, x) => gelu(x)
export const reluLayer: Layer = (_, x) => tf.relu(x)
export const eluLayer: Layer = (_, x) => elu(x)
