// Actor and critic on latent states (docs/mamba.md). An agent acts on its own, the critic sees all of them. R rows, N agents, F
// numbers of a latent state: the recurrent part, and the numbers of the classes that were drawn.
import * as tf from '@tensorflow/tfjs-core'
import { type Actor, gaussianHead } from '../../../networks/actor.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import { encoderLayer, positionTable } from '../../../networks/encoder-layer.ts'
import { ParameterList, reluLayer, sequence, uniform, type Weights } from '../../../networks/layers.ts'
import { oneHot } from './classes.ts'
import type { LatentSizes, NetworksConfig } from './presets.ts'

/** [R, N, F] -> [R, N, C * K + D] */
export function spreadLatent(latents: tf.Tensor, { deter: D, groups, classes }: LatentSizes): tf.Tensor {
  const [deter, numbers] = tf.split(latents, [D, groups], -1) as [tf.Tensor, tf.Tensor]
  return tf.concat([oneHot(numbers, classes), deter], -1)
}

const widthOf = ({ groups, classes, deter }: LatentSizes): number => groups * classes + deter

/** Latent states [R, N, F] -> what actions are drawn from. */
export function createLatentActor(widths: Pick<Widths, 'action' | 'forms'>, config: NetworksConfig): Actor {
  const p = new ParameterList()
  const { width: W } = config
  const layer = (path: string, inputs: number) => {
    const bias = uniform(1 / Math.sqrt(inputs))
    return sequence(p.linear(path, inputs, W, { gain: 1, bias }), reluLayer)
  }
  const trunk = sequence(layer('layers.0', widthOf(config)), layer('layers.1', W))
  const head = gaussianHead(p, W, widths)
  return {
    parameters: p.all,
    act: (w, latents) => head(w, trunk(w, spreadLatent(latents, config))),
  }
}

export interface LatentCritic {
  parameters: ParameterList['all']
  /** Latent states [R, N, F] -> values [R, N]. */
  value(w: Weights, latents: tf.Tensor): tf.Tensor
}

export function createLatentCritic(N: number, config: NetworksConfig): LatentCritic {
  const p = new ParameterList('xavier')
  const { width: W, attention } = config
  const enter = sequence(p.linear('enter', widthOf(config), W), reluLayer)
  const mix = encoderLayer(p, 'agents', { width: W, heads: attention.heads, hidden: W, tokens: N })
  const head = sequence(reluLayer, p.linear('layer', W, W), reluLayer, p.linear('value', W, 1))
  return {
    parameters: p.all,
    value: (w, latents) => {
      const entered = tf.add(enter(w, spreadLatent(latents, config)), positionTable(N, W)) // [R, N, W]
      return tf.reshape(head(w, mix(w, tf.reshape(entered, [-1, W]))), [-1, N])
    },
  }
}
