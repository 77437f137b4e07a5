// What actions are drawn from: independent Gaussians, entry by entry, not squashed (method.md 4.1).
import type { Rng } from './rng.ts'

export const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI)

/** The entry that lies z standard deviations from the mean. */
export const drawn = (mean: number, std: number, z: number): number => mean + std * z

/** Its log-density; that of a whole action is the sum over its entries. */
export const logDensity = (std: number, z: number): number => -(0.5 * z * z + Math.log(std) + HALF_LOG_2PI)

/** Mean and standard deviation [..., A] -> actions [..., A] and the log-densities of whole ones [...]. */
export function drawActions(
  { mean, std }: { mean: Float32Array; std: Float32Array },
  width: number,
  rng: Rng,
): { actions: Float32Array; logProbabilities: Float32Array } {
  const actions = new Float32Array(mean.length)
  const logProbabilities = new Float32Array(mean.length / width)
  for (let row = 0; row < logProbabilities.length; row++) {
    let sum = 0
    for (let i = row * width; i < (row + 1) * width; i++) {
      actions[i] = drawn(mean[i]!, std[i]!, rng.normal())
      sum += logDensity(std[i]!, (actions[i]! - mean[i]!) / std[i]!) // of the rounded action: that one is played
    }
    logProbabilities[row] = sum
  }
  return { actions, logProbabilities }
}
