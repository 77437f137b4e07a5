// Resident memory over time, and whether it grows.
import { mean } from '../../src/common/statistics.ts'
export interface Sample {
  /** since the clients began */
  seconds: number
  serverMiB: number
  /** of each */
  executorsMiB: number[]
}

export interface Growth {
  /** between the first and the last sample after the warm-up */
  growthMiB: number
  /** slope of a line fitted through the second half of those samples */
  slopeMiBPerMinute: number
  /** what that slope would make of all of the time after the warm-up */
  trendMiB: number
}

/** @param from end of the warm-up, seconds; needs three samples after it */
export function growthOf(samples: readonly Sample[], pick: (sample: Sample) => number, from: number): Growth {
  const points = samples
    .filter(({ seconds }) => seconds >= from)
    .map((one) => [one.seconds / 60, pick(one)] as const)
  const [first, last] = [points.at(0), points.at(-1)]
  if (points.length < 3 || !first || !last) throw new Error('too few samples to see whether memory grows')
  const slope = slopeOf(points.slice(Math.floor((points.length - 1) / 2)))
  return {
    growthMiB: round(last[1] - first[1]),
    slopeMiBPerMinute: round(slope),
    trendMiB: round(slope * (last[0] - first[0])),
  }
}

/** Least squares. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const [x0, y0] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
  const [above, below] = points.reduce(
    ([a, b], [x, y]) => [a + (x - x0) * (y - y0), b + (x - x0) ** 2],
    [0, 0],
  )
  return above / below
}

/**
 * A heap breathes: two points alone may lie at its top and its bottom, and a line alone may follow one breath. What
 * grows for good shows in both.
 */
export const isFlat = ({ growthMiB, trendMiB }: Growth, mostMiB: number): boolean =>
  Math.min(growthMiB, trendMiB) <= mostMiB

const round = (value: number): number => Math.round(value * 100) / 100
