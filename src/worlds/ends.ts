// Draws where episodes end from the probabilities that a model gives (method.md 3: the head is sampled). B rows, H steps.
import { mixesOf, setFirst } from '../common/rng.ts'
import type { LiveBatch } from './live.ts'
import { rolloutStreams, stepStreams } from './noise.ts'
import type { Rollout, Trajectories } from './rollout.ts'

const PURPOSE = 'termination'

/**
 * Of a rollout.
 * @param probabilities [B, H]
 * @param keys [B] noise.ts
 */
export function drawEnds(
  probabilities: Float32Array,
  keys: Uint32Array,
  rollout: Rollout,
): Pick<Trajectories, 'terminations' | 'lengths'> {
  const streams = rolloutStreams(rollout, keys)
  const H = rollout.horizon
  const terminations = new Uint8Array(probabilities.length)
  const lengths = new Int32Array(keys.length).fill(H)
  const rest = mixesOf([0, PURPOSE])
  for (let t = H - 1; t >= 0; t--) {
    setFirst(rest, t)
    for (let row = 0; row < keys.length; row++) {
      const probability = probabilities[row * H + t]!
      if (probability <= 0 || streams.uniform(row, rest) >= probability) continue
      terminations[row * H + t] = 1
      lengths[row] = t + 1
    }
  }
  return { terminations, lengths }
}

/** Of one step of each row of a batch. */
export function drawStepEnds(
  probabilities: Float32Array,
  batch: Pick<LiveBatch, 'seeds' | 'keys' | 'steps'>,
): Uint8Array {
  const streams = stepStreams(batch)
  const rest = mixesOf([PURPOSE])
  return Uint8Array.from(probabilities, (probability, row) =>
    streams.uniform(row, rest) < probability ? 1 : 0,
  )
}
