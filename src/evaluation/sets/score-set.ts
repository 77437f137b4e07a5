// Imagination error on one set of episodes, in standard deviations of that set: a model's own would make it look better the
// more its data vary. Persistence in the same units stands beside it.
import { mean, sum } from '../../common/statistics.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import { RunningStatistics } from '../../episodes/statistics.ts'
import type { OpenSimulator } from '../../worlds/open-simulator.ts'
import type { WorldSpec } from '../../worlds/world.ts'
import { persistence } from '../baselines.ts'
import { drawSegments, rolloutOf, sizesOf } from '../held-out.ts'
import { accumulate, medianAccumulated, rowErrors, stepErrors } from '../step-errors.ts'

export interface SetScore {
  episodes: number
  steps: number
  /** undiscounted, mean over the episodes */
  return: number
  /** of one imagined step, mean over the entries of the state */
  oneStepStateL1: number
  /** added up to every step, [H] */
  cumulativeStateL1: number[]
  /** the same of the median segment */
  medianCumulativeStateL1: number[]
  /** of imagining that nothing changes */
  persistence: { oneStepStateL1: number; cumulativeStateL1: number[] }
}

export interface Drawing {
  segments: number
  seed: number
}

/** By what the model does unless asked. DimaError `invalid_config` where no episode is long enough. */
export async function scoreSet(
  simulator: Pick<OpenSimulator, 'kind' | 'spec' | 'rollout'>,
  episodes: Episode[],
  { segments: count, seed }: Drawing,
): Promise<SetScore> {
  const { kind, spec } = simulator
  const sizes = sizesOf(spec)
  const segments = drawSegments(episodes, count, seed, sizes)
  const std = ownDeviations(episodes, sizes.state, spec.normalisation.least)
  const [byDefault] = kind.choices.every(spec)
  const imagined = await simulator.rollout(rolloutOf(segments, sizes, byDefault, seed))
  const states = [imagined.states, segments.states, sizes.horizon, sizes.state, std] as const
  const errors = stepErrors(...states)
  const still = persistence({ spec: inUnitsOf(spec, std) }, segments)
  return {
    episodes: episodes.length,
    steps: sum(episodes.map(({ length }) => length)),
    return: mean(episodes.map(({ rewards }) => sum(rewards))),
    oneStepStateL1: errors[0]!,
    cumulativeStateL1: accumulate(errors),
    medianCumulativeStateL1: medianAccumulated(rowErrors(...states)),
    persistence: { oneStepStateL1: still.oneStepStateL1, cumulativeStateL1: still.cumulativeStateL1 },
  }
}

/** Of every entry of the state, [S]; as in training an entry that rests has a tiny one, or the least that the task has. */
function ownDeviations(episodes: readonly Episode[], width: number, least?: number): number[] {
  const statistics = new RunningStatistics(width, least)
  for (const episode of episodes) statistics.update(episode)
  return [...statistics.std]
}

const inUnitsOf = (spec: WorldSpec, std: number[]): WorldSpec => ({
  ...spec,
  normalisation: { ...spec.normalisation, std },
})
