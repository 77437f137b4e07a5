// What a policy earns in imagination against what it really earned from the same start windows.
import { deviation, mean } from '../common/statistics.ts'
import type { Episode } from '../episodes/replay/episode.ts'
import type { OpenSimulator } from '../worlds/open-simulator.ts'
import type { Trajectories } from '../worlds/rollout.ts'
import { drawSegments, rolloutOf, type Segments, sizesOf } from './held-out.ts'

/** Imagines what the policy does from the segments' start windows: rewards [B, H], and lengths [B] up to an imagined end. */
export type Imagine = (segments: Segments) => Promise<Pick<Trajectories, 'rewards' | 'lengths'>>

export interface RewardComparison {
  /** mean reward of a step */
  imagined: number
  real: number
  /** |imagined - real| in units of |real|, or of the segments' standard deviation where that is larger */
  relativeError: number
}

interface Drawing {
  segments: number
  seed: number
  sizes: ReturnType<typeof sizesOf>
}

/** @param episodes played by the policy with sampled actions */
export async function compareRewards(
  episodes: Episode[],
  imagine: Imagine,
  { segments: count, seed, sizes }: Drawing,
): Promise<RewardComparison> {
  const segments = drawSegments(episodes, count, seed, sizes)
  const { rewards, lengths } = await imagine(segments)
  const earned = rowMeans(segments.rewards, new Int32Array(count).fill(sizes.horizon))
  const [imagined, real] = [mean(rowMeans(rewards, lengths)), mean(earned)]
  const spread = deviation(earned)
  // A policy that earns nothing has no relative error: the mean of an early policy is near zero.
  return { imagined, real, relativeError: Math.abs(imagined - real) / Math.max(Math.abs(real), spread) }
}

/** Mean reward of each row up to its end. */
function rowMeans(rewards: Float32Array, lengths: Int32Array): number[] {
  const H = rewards.length / lengths.length
  return Array.from(lengths, (length, row) => mean(rewards.subarray(row * H, row * H + length)))
}

/** The model's own policy acts for every agent as it learned to, by sampled actions that are not cut: so it played in the environment. */
export const policyImagination =
  (simulator: OpenSimulator, seed: number): Imagine =>
  (segments) => {
    const { kind, spec } = simulator
    const sizes = sizesOf(spec)
    const [byDefault] = kind.choices.every(spec)
    const agents = Array<boolean>(sizes.agents).fill(true)
    const policy = { agents, mode: 'sample', learning: true } as const
    return simulator.rollout({ ...rolloutOf(segments, sizes, byDefault, seed), policy })
  }
