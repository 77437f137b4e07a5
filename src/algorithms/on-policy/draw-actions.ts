// Actions drawn from independent Gaussians, and the log-density of each agent's whole action (method.md 4.1).
import type { Rng } from '../../common/rng.ts'

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI)

/** Mean and standard deviation [..., A] -> actions [..., A] and their log-densities [...]. */
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
      actions[i] = mean[i]! + std[i]! * rng.normal()
      const z = (actions[i]! - mean[i]!) / std[i]! // of the rounded action: that one is played
      sum -= 0.5 * z * z + Math.log(std[i]!) + HALF_LOG_2PI
    }
    logProbabilities[row] = sum
  }
  return { actions, logProbabilities }
}
