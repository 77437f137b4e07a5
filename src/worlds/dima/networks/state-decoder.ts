// The state decoder g: an auto-encoder with a finite-scalar-quantised bottleneck (Mentzer et al., arXiv 2309.15505)
// that maps the normalised state to every agent's observation (method.md 1).
import * as tf from '@tensorflow/tfjs-core'
import type { Dimensions } from '../../../networks/dimensions.ts'
import { roundStraightThrough } from '../../../networks/functions.ts'
import { geluLayer, ParameterList, sequence, type Weights } from '../../../networks/layers.ts'
import type { StateDecoderConfig } from './presets.ts'

/** Bounds z to `levels` values a scalar, rounds, and scales the codes into [-1, 1]. z [..., levels.length] */
export function quantise(z: tf.Tensor, levels: readonly number[]): tf.Tensor {
  const constant = (f: (level: number) => number) => tf.tensor1d(levels.map(f))
  // An even number of levels is centred between two integers, hence the offset; 1e-3 keeps atanh finite.
  const half = (level: number) => ((level - 1) * (1 + 1e-3)) / 2
  const offset = (level: number) => (level % 2 === 0 ? 0.5 : 0)
  const shift = constant((level) => Math.atanh(offset(level) / half(level)))
  const bounded = tf.sub(tf.mul(tf.tanh(tf.add(z, shift)), constant(half)), constant(offset))
  return tf.mul(
    roundStraightThrough(bounded),
    constant((level) => 1 / Math.floor(level / 2)),
  )
}

export interface StateDecoder {
  parameters: ParameterList['all']
  /** Normalised state [B, S] -> observations [B, N, O]. */
  decode(weights: Weights, state: tf.Tensor): tf.Tensor
}

/** What is known of observations without looking, zeros and ids behind an agent's own entries, is as it is known. */
function exceptPadding(decoded: tf.Tensor, { agents: N, observation: O, forms }: Dimensions): tf.Tensor {
  if (!forms?.some(({ observed }) => observed < O)) return decoded
  const longest = Math.max(...forms.map(({ observed }) => observed))
  const table = (entry: (agent: number, i: number) => boolean) =>
    tf.tensor(
      Array.from({ length: N * O }, (_, at) => Number(entry(Math.floor(at / O), at % O))),
      [1, N, O],
    )
  const own = table((agent, i) => i < forms[agent]!.observed)
  return tf.add(
    tf.mul(decoded, own),
    table((agent, i) => i - longest === agent),
  ) // [B, N, O]
}

export function createStateDecoder(dims: Dimensions, config: StateDecoderConfig): StateDecoder {
  const { width, tokens, levels } = config
  const p = new ParameterList()
  const codes = tokens * levels.length
  const mlp = (path: string, inputs: number, outputs: number) =>
    sequence(
      p.linear(`${path}.0`, inputs, width),
      geluLayer,
      p.linear(`${path}.1`, width, width),
      geluLayer,
      p.linear(`${path}.2`, width, outputs),
    )
  const encoder = mlp('encoder', dims.state, codes)
  const decoder = mlp('decoder', codes, dims.agents * dims.observation)
  return {
    parameters: p.all,
    decode: (weights, state) => {
      const z = tf.reshape(encoder(weights, state), [-1, tokens, levels.length]) // [B, T, 3]
      const code = tf.reshape(quantise(z, levels), [-1, codes])
      return exceptPadding(tf.reshape(decoder(weights, code), [-1, dims.agents, dims.observation]), dims)
    },
  }
}
