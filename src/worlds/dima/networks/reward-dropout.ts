// Where the reward model drops, and how its masks are sent: bytes of 0 and 1, those of one shape as one input, since a
// batch of `paper` has 15.6 million of them and every input would be cast and scaled by nodes of its own.
import * as tf from '@tensorflow/tfjs-core'
import type { Dimensions } from '../../../networks/dimensions.ts'
import type { RewardConfig } from './presets.ts'

/** Masks of several sites, one after the other on the first axis. */
export interface MaskInput {
  name: string
  shape: number[]
  dtype: 'bool'
  sites: string[]
}

/** Of a batch of B sequences; none when the rate is 0. */
export function dropoutMasks(
  { horizon }: Pick<Dimensions, 'horizon'>,
  { width, layers, heads, dropout }: RewardConfig,
  batch: number,
): MaskInput[] {
  if (dropout === 0) return []
  const tokens = 2 * horizon
  const blocks = Array.from({ length: layers }, (_, i) => `trunk.${i}`)
  const wide = ['embedding', ...blocks.flatMap((path) => [`${path}.residual1`, `${path}.residual2`])]
  return [
    {
      name: 'dropout.tokens',
      shape: [wide.length * batch * tokens, width],
      dtype: 'bool',
      sites: wide,
    },
    {
      name: 'dropout.attention',
      shape: [layers * batch, 1, heads, tokens, tokens],
      dtype: 'bool',
      sites: blocks.map((path) => `${path}.attention`),
    },
  ]
}

/** How many of 256 entries are dropped: a random byte decides each, so 0.1 is 26 of 256, 0.1016. */
export const droppedOf256 = ({ dropout }: Pick<RewardConfig, 'dropout'>): number =>
  Math.min(255, Math.max(1, Math.round(256 * dropout)))

/** By site: 0 where dropped, elsewhere what keeps the mean. */
export function masksBySite(
  masks: readonly MaskInput[],
  inputs: Readonly<Record<string, tf.Tensor>>,
  config: Pick<RewardConfig, 'dropout'>,
): Record<string, tf.Tensor> {
  const kept = 256 / (256 - droppedOf256(config))
  const bySite = masks.flatMap(({ name, sites }) => {
    const scaled = tf.mul(tf.cast(inputs[name]!, 'float32'), kept)
    return tf.split(scaled, sites.length, 0).map((mask, i) => [sites[i]!, mask])
  })
  return Object.fromEntries(bySite)
}
