// Draws where episodes end from the probabilities that a model gives (method.md 3: the head is sampled). B rows, H steps.
import type { LiveBatch } from './live.ts'
import { endDraw, seedsOf } from './noise.ts'
import type { Rollout, Trajectories } from './rollout.ts'

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
  const seeds = seedsOf(rollout)
  const H = rollout.horizon
  const terminations = new Uint8Array(probabilities.length)
  const lengths = new Int32Array(keys.length).fill(H)
  for (let row = 0; row < keys.length; row++) {
    for (let t = H - 1; t >= 0; t--) {
      if (endDraw(seeds[row]!, keys[row]!, t) >= probabilities[row * H + t]!) continue
      terminations[row * H + t] = 1
      lengths[row] = t + 1
    }
  }
  return { terminations, lengths }
}

/** Of one step of each row of a batch. */
export const drawStepEnds = (
  probabilities: Float32Array,
  { seeds, keys, steps }: Pick<LiveBatch, 'seeds' | 'keys' | 'steps'>,
): Uint8Array =>
  Uint8Array.from(probabilities, (probability, row) =>
    endDraw(seeds[row]!, keys[row]!, steps[row]!) < probability ? 1 : 0,
  )
