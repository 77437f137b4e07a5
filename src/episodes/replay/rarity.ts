// How often each episode is drawn from when no age counts for more than another: in proportion to its steps, and more where
// few others were in such states. An episode is where its mean state is; each entry of it falls into a bin as wide as half
// a deviation, and the fewer steps of all episodes share its bins, the rarer it is.
import { sum } from '../../common/statistics.ts'
import type { RunningStatistics } from '../statistics.ts'
import type { Episode } from './episode.ts'

/** Bins to a standard deviation. */
const BINS = 2
/** What a step is worth at least and at most: what is common has to be known, too, and one odd episode not by heart. */
const [LEAST, MOST] = [0.5, 4]

/** Of each episode, up to a common factor. */
export function episodeWeights(
  episodes: readonly Episode[],
  statistics: RunningStatistics,
  by: 'even' | 'rare',
): number[] {
  const steps = episodes.map(({ length }) => length)
  if (by === 'even') return steps
  const rarity = raritiesOf(
    episodes.map((episode) => binsOf(episode, statistics)),
    steps,
  )
  const average = sum(rarity.map((value, e) => value * steps[e]!)) / sum(steps)
  return rarity.map((value, e) => steps[e]! * Math.min(MOST, Math.max(LEAST, value / average)))
}

/** The bin of every entry of an episode's mean state. */
function binsOf({ states, length }: Episode, { mean: centre, std }: RunningStatistics): number[] {
  const S = centre.length
  return Array.from(centre, (_, s) => {
    let total = 0
    for (let t = 0; t < length; t++) total += states[t * S + s]!
    return Math.round((BINS * (total / length - centre[s]!)) / std[s]!)
  })
}

/**
 * Of each episode: 1 / the share of all steps that is in its bin, multiplied over the S entries and tempered by the power
 * 1 / √S. Their geometric mean hardly differs from episode to episode; what chance adds to a sum of S logarithms grows with √S.
 */
function raritiesOf(bins: readonly number[][], steps: readonly number[]): number[] {
  const all = sum(steps)
  const masses = (bins[0] ?? []).map((_, s) =>
    massesOf(
      bins.map((own) => own[s]!),
      steps,
    ),
  )
  return bins.map((own) =>
    Math.exp(sum(own.map((bin, s) => Math.log(all / masses[s]!.get(bin)!))) / Math.sqrt(own.length)),
  )
}

function massesOf(bins: readonly number[], steps: readonly number[]): Map<number, number> {
  const masses = new Map<number, number>()
  for (const [e, bin] of bins.entries()) masses.set(bin, (masses.get(bin) ?? 0) + steps[e]!)
  return masses
}
