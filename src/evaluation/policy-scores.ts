// How good a policy is, and whether its world model knows it: returns in the environment, and the reward that it imagines
// against the one that followed from the same start windows.

import type { Episode } from '../episodes/replay/episode.ts'
import type { PolicyScores } from '../registry/scores.ts'
import { evaluationOf } from '../runs/policy-evaluation.ts'
import type { OpenSimulator } from '../worlds/open-simulator.ts'
import { sizesOf } from './held-out.ts'
import { compareRewards, policyImagination } from './imagined-reward.ts'

export interface PolicyEpisodes {
  /** with the mean of every action */
  mean: Episode[]
  sampled: Episode[]
}

export async function scorePolicy(
  simulator: OpenSimulator,
  { mean, sampled }: PolicyEpisodes,
  { segments, seed }: { segments: number; seed: number },
): Promise<PolicyScores> {
  const sizes = sizesOf(simulator.spec)
  const imagine = policyImagination(simulator, seed)
  const { imagined, real, relativeError } = await compareRewards(sampled, imagine, { segments, seed, sizes })
  return {
    meanActions: returnsOf(mean),
    sampledActions: returnsOf(sampled),
    imaginedReward: imagined,
    realReward: real,
    rewardRelativeError: relativeError,
  }
}

function returnsOf(episodes: Episode[]): PolicyScores['meanActions'] {
  const evaluation = evaluationOf(episodes)
  const success = evaluation.evaluation_success
  return {
    episodes: evaluation.evaluation_episodes,
    mean: evaluation.evaluation_return,
    std: evaluation.evaluation_std,
    min: evaluation.evaluation_min,
    max: evaluation.evaluation_max,
    ...(success !== undefined && { success }),
  }
}

/** `, the task done in 25 %`, of tasks that can be done. */
export const successText = (success: number | undefined): string =>
  success === undefined ? '' : `, the task done in ${Math.round(100 * success)} %`

export const episodesText = (count: number): string => `${count} episode${count === 1 ? '' : 's'}`

/** Two lines for people. */
export function policyText({ meanActions, sampledActions, ...rewards }: PolicyScores, steps: number): string {
  const returns = ({ episodes, mean, std, min, max, success }: PolicyScores['meanActions']) =>
    `${mean.toFixed(1)} ± ${std.toFixed(1)} (${min.toFixed(1)} to ${max.toFixed(1)}, ${episodesText(episodes)}${successText(success)})`
  const [imagined, real, error] = [rewards.imaginedReward, rewards.realReward, rewards.rewardRelativeError]
  return `return with mean actions ${returns(meanActions)}, with sampled ones ${returns(sampledActions)}
mean reward of ${steps} steps in closed loop: imagined ${imagined.toFixed(4)}, real ${real.toFixed(4)}, relative error ${error.toFixed(4)}`
}
