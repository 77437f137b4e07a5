// The critic of imagined observations (docs/marie.md): agents tell each other what they see by attention, and each has a value of
// its own. R rows, N agents, O observation, W width.
import * as tf from '@tensorflow/tfjs-core'
import { normalisedMlp } from '../../../networks/actor.ts'
import { selfAttention } from '../../../networks/attention.ts'
import type { Critic, CriticConfig } from '../../../networks/critic.ts'
import { positionTable } from '../../../networks/encoder-layer.ts'
import { ParameterList, reluLayer, sequence } from '../../../networks/layers.ts'

const HEADS = 8
const GAIN = Math.SQRT2

/** Its inputs are those of every agent, [R * N, O], agents of a row one after the other; its values, [R * N]. */
export function createTeamCritic(
  { agents: N, observation: O }: { agents: number; observation: number },
  { width: W, layers, headGain = 1 }: CriticConfig,
): Critic {
  const p = new ParameterList()
  const enter = sequence(p.layerNorm('enter.norm', O), p.linear('enter', O, W, { gain: GAIN }), reluLayer)
  const mix = selfAttention(p, 'agents', W, HEADS, W / HEADS, N)
  const norm = p.layerNorm('feed.norm', W)
  const feed = sequence(
    norm,
    p.linear('feed.0', W, W, { gain: 1 }),
    reluLayer,
    p.linear('feed.1', W, W, { gain: 1 }),
  )
  const trunk = sequence(reluLayer, normalisedMlp(p, W, W, layers))
  const head = p.linear('value', W, 1, { gain: headGain })
  return {
    parameters: p.all,
    head: { weight: 'value.weight', bias: 'value.bias' },
    value: (w, inputs) => {
      const entered = tf.reshape(enter(w, inputs), [-1, N, W])
      const mixed = mix(w, tf.reshape(tf.add(entered, positionTable(N, W)), [-1, W]))
      return tf.reshape(head(w, trunk(w, tf.add(mixed, feed(w, mixed)))), [-1])
    },
  }
}
