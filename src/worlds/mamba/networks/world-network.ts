// The world model of an agent, whose weights all agents share (docs/mamba.md): a recurrent state-space model with classes for
// what is uncertain, whose transition mixes the agents by attention. B rows, N agents, A action, O observation; of a latent
// state D numbers are recurrent, C classes are drawn, each of K.
import * as tf from '@tensorflow/tfjs-core'
import type { Widths } from '../../../networks/dimensions.ts'
import { encoderLayer, positionTable } from '../../../networks/encoder-layer.ts'
import { gruCell } from '../../../networks/gru.ts'
import {
  eluLayer,
  type Layer,
  ParameterList,
  reluLayer,
  sequence,
  type Weights,
} from '../../../networks/layers.ts'
import type { NetworksConfig } from './presets.ts'

export interface Latent {
  /** [B, N, D] */
  deter: tf.Tensor
  /** [B, N, C * K] ones and zeros; zeros alone before anything was seen */
  stoch: tf.Tensor
}

export interface WorldNetwork {
  parameters: ParameterList['all']
  /** Observations [B, N, O] -> [B, N, W]. */
  embed: Layer
  /** Actions [B, N, A] and where they are taken -> the recurrent part of where they lead, [B, N, D]. */
  advance(w: Weights, actions: tf.Tensor, latent: Latent): tf.Tensor
  /** Logits [B, N, C * K] of the classes: what to expect, [B, N, D], */
  prior: Layer
  /** and what to make of an observation, given both side by side, [B, N, D + W]. */
  posterior: Layer
  /** What is behind an observation, [B, N, W], of a feature. */
  recall: Layer
  /** Of that: the observation [B, N, O], */
  observation: Layer
  /** and the action that led there, [B, N, A]. */
  lastAction: Layer
  /** Of the feature before an action and the recurrent part after it: the reward [B, N, 1], */
  reward: Layer
  /** and the logit that the episode goes on. */
  goesOn: Layer
}

/** What most heads see of a latent state: [B, N, C * K + D]. */
export const featureOf = ({ stoch, deter }: Latent): tf.Tensor => tf.concat([stoch, deter], -1)

/** @param widths N, A, O */
export function createWorldNetwork(
  { agents: N, action: A, observation: O }: Pick<Widths, 'agents' | 'action' | 'observation'>,
  { deter: D, groups, classes, width: W, attention }: NetworksConfig,
): WorldNetwork {
  const p = new ParameterList('xavier')
  const logits = groups * classes
  const feature = logits + D
  const hidden = (path: string, inputs: number, layers: number, activation = reluLayer): Layer =>
    sequence(
      ...Array.from({ length: layers }, (_, i) =>
        sequence(p.linear(`${path}.${i}`, i === 0 ? inputs : W, W), activation),
      ),
    )
  const head = (
    path: string,
    inputs: number,
    layers: number,
    outputs: number,
    activation = reluLayer,
  ): Layer => sequence(hidden(path, inputs, layers, activation), p.linear(`${path}.out`, W, outputs))
  return {
    embed: head('encoder', O, 3, W),
    advance: transition(p, { N, A, W, D, logits }, attention),
    prior: head('prior', D, 1, logits),
    posterior: head('posterior', D + W, 1, logits),
    recall: hidden('decoder', feature, 3),
    observation: p.linear('decoder.out', W, O),
    lastAction: sequence(hidden('action', W, 1, eluLayer), head('action.last', W, 1, A)),
    reward: head('reward', feature, 2, 1, eluLayer),
    goesOn: head('continuation', feature, 2, 1, eluLayer),
    parameters: p.all,
  }
}

interface TransitionSizes {
  N: number
  A: number
  W: number
  D: number
  logits: number
}

function transition(
  p: ParameterList,
  { N, A, W, D, logits }: TransitionSizes,
  { layers, heads }: NetworksConfig['attention'],
): WorldNetwork['advance'] {
  const enter = sequence(p.linear('transition.enter', A + logits, W), reluLayer)
  const shape = { width: W, heads, hidden: W, tokens: N }
  const mix = sequence(
    ...Array.from({ length: layers }, (_, i) => encoderLayer(p, `transition.agents.${i}`, shape)),
  )
  const recur = gruCell(p, 'transition.recurrence', W, D)
  return (w, actions, { deter, stoch }) => {
    const entered = tf.add(enter(w, tf.concat([actions, stoch], -1)), positionTable(N, W)) // [B, N, W]
    const mixed = mix(w, tf.reshape(entered, [-1, W]))
    return tf.reshape(recur(w, mixed, tf.reshape(deter, [-1, D])), [-1, N, D])
  }
}
