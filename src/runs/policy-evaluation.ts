// What an evaluation of a policy says: undiscounted team returns of whole episodes with mean actions (method.md 5), and in what
// share of them the task was done, where that has a meaning.
import { deviation, mean, sum } from '../common/statistics.ts'
import type { Episode } from '../episodes/replay/episode.ts'
import type { ActingPolicy } from '../episodes/sources/actions.ts'
import type { EpisodeSource } from '../episodes/sources/source.ts'

/** Plays whole episodes with mean actions where the run plays. */
export const evaluate = async (source: EpisodeSource, policy: ActingPolicy, episodes: number, seed: number) =>
  evaluationOf(await source.play!(policy, 'mean', episodes, seed))

export function evaluationOf(episodes: readonly Episode[]) {
  const returns = episodes.map(({ rewards }) => sum(rewards))
  const steps = sum(episodes.map(({ length }) => length))
  const success = successRate(episodes)
  return {
    evaluation_return: mean(returns),
    evaluation_std: deviation(returns),
    evaluation_min: Math.min(...returns),
    evaluation_max: Math.max(...returns),
    evaluation_episodes: episodes.length,
    evaluation_reward: sum(returns) / steps,
    ...(success !== undefined && { evaluation_success: success }),
  }
}

/** Undefined unless it is known of every episode. */
const successRate = (episodes: readonly Episode[]): number | undefined =>
  episodes.every(({ success }) => success !== undefined)
    ? mean(episodes.map(({ success }) => Number(success)))
    : undefined
