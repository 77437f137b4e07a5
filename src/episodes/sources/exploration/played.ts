// How an episode is played: by sampling the policy, or otherwise. It is a function of seed, index and shares, so that
// resumed runs and any number of copies play the same.
import { Rng } from '../../../common/rng.ts'
import { sum } from '../../../common/statistics.ts'
import type { Exploration } from './fields.ts'

const EXPLORED = ['random', 'noisy', 'held', 'mixed', 'mean'] as const
export type Played = 'sampled' | (typeof EXPLORED)[number]

export type Shares = Pick<Exploration, 'share' | (typeof EXPLORED)[number]>

const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * Multiples of the golden ratio fall evenly into [0, 1) from the first on: a run of fifty episodes has its shares, where
 * independent draws would leave it without one kind or another.
 */
export function playedAs(shares: Shares, seed: number, index: number): Played {
  const place = (new Rng(seed, 'exploration').uniform() + index * GOLDEN) % 1
  const parts = EXPLORED.map((kind) => shares[kind])
  const scale = shares.share / sum(parts)
  let end = 0
  const found = EXPLORED.find((_, i) => {
    end += scale * parts[i]!
    return place < end
  })
  return found ?? 'sampled'
}

/** How one agent acts in an episode. */
export type Manner =
  | { of: 'policy'; noise: number } // times the policy's deviation; 0: its means
  | { of: 'random' }
  | { of: 'held' }

export type Ranges = Pick<Exploration, 'leastNoise' | 'mostNoise'>

/** Of each agent. @param rng of the episode's manners alone */
export function mannersOf(
  played: Played,
  agents: number,
  { leastNoise, mostNoise }: Ranges,
  rng: Rng,
): Manner[] {
  const all = (manner: Manner): Manner[] => Array.from({ length: agents }, () => manner)
  if (played === 'random' || played === 'held') return all({ of: played })
  if (played === 'mean') return all({ of: 'policy', noise: 0 })
  if (played === 'noisy')
    return all({ of: 'policy', noise: leastNoise * (mostNoise / leastNoise) ** rng.uniform() })
  const manners = all({ of: 'policy', noise: 1 })
  if (played === 'mixed') manners[rng.int(agents)] = { of: rng.uniform() < 0.5 ? 'random' : 'held' }
  return manners
}
