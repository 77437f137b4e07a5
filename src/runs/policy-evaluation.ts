// What an evaluation of a policy says: undiscounted team returns of whole episodes with mean actions (method.md 5).
import type { Episode } from '../episodes/replay/episode.ts'

export function evaluationOf(episodes: readonly Episode[]) {
  const returns = episodes.map(({ rewards }) => rewards.reduce((a, b) => a + b, 0))
  const steps = episodes.reduce((sum, { length }) => sum + length, 0)
  const total = returns.reduce((a, b) => a + b, 0)
  const mean = total / returns.length
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / returns.length
  return {
    evaluation_return: mean,
    evaluation_std: Math.sqrt(variance),
    evaluation_min: Math.min(...returns),
    evaluation_max: Math.max(...returns),
    evaluation_episodes: episodes.length,
    evaluation_reward: total / steps,
  }
}
