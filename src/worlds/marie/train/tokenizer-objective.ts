// What encoder and decoder learn from: to see again what they saw, through codes that they do not move (docs/marie.md). M joint
// observations, N agents, O observation, K tokens, V codes of C numbers.
import * as tf from '@tensorflow/tfjs-core'
import type { Input, Objective } from '../../../learning/objectives.ts'
import type { Widths } from '../../../networks/dimensions.ts'
import { stopGradient } from '../../../networks/functions.ts'
import type { TokenizerConfig } from '../networks/presets.ts'
import { pick, type Tokenizer, takenFor } from '../networks/tokenizer.ts'

/** Of what draws encodings to their codes. */
const COMMITMENT = 10

export const tokenizerInputs = (
  { agents: N, observation: O }: Pick<Widths, 'agents' | 'observation'>,
  { tokens: K, codes, codeWidth }: TokenizerConfig,
  M: number,
): Input[] => [
  { name: 'observations', shape: [M, N, O] },
  { name: 'tokens', shape: [M, N, K] }, // numbers of the nearest codes: the codebook needs them too, so they are found once
  { name: 'codes', shape: [codes, codeWidth] },
]

/** @param M joint observations of a batch */
export const tokenizerObjective = (
  { parameters, encode, decode }: Tokenizer,
  widths: Pick<Widths, 'agents' | 'observation'>,
  config: TokenizerConfig,
  M: number,
): Objective => ({
  name: 'tokenizer',
  parameters,
  inputs: tokenizerInputs(widths, config, M),
  loss: (w, { observations, tokens, codes }) => {
    const encoded = encode(w, observations!) // [M, N, K * C]
    const vectors = tf.reshape(encoded, [-1, config.codeWidth])
    const found = takenFor(vectors, pick(codes!, tf.reshape(tokens!, [-1])))
    const decoded = decode(w, tf.reshape(found, encoded.shape))
    const error = tf.mean(tf.abs(tf.sub(decoded, observations!))) as tf.Scalar
    const commitment = tf.mean(tf.squaredDifference(stopGradient(found), vectors)) as tf.Scalar
    return {
      loss: tf.add(error, tf.mul(commitment, COMMITMENT)) as tf.Scalar,
      metrics: { observation_l1: error, commitment },
    }
  },
})
