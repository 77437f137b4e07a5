// How far states are from the data that a model was trained on: a model answers anything, and what it says of states that
// it has never seen like is worth little.
import type { Manifest } from '../registry/manifest.ts'

/**
 * Of each state in `states` [..., S] the largest distance of an entry from its mean in the training data, in standard
 * deviations, to three decimals.
 */
export function noveltyOf(
  states: Float32Array | Float64Array,
  { normalisation: { mean, std } }: Pick<Manifest, 'normalisation'>,
): Float64Array {
  const S = mean.length
  const novelty = new Float64Array(states.length / S)
  for (let row = 0, i = 0; row < novelty.length; row++) {
    let most = 0
    for (let s = 0; s < S; s++, i++) {
      const distance = Math.abs(states[i]! - mean[s]!) / std[s]!
      if (distance > most) most = distance
    }
    novelty[row] = Math.round(most * 1000) / 1000
  }
  return novelty
}
