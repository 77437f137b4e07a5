// The curves of a run, short enough for a file that is committed: means over stretches of equally many environment steps.
import { mean, sum } from '../../common/statistics.ts'
import type { Point } from '../../report/drawing/panel.ts'
import { partition } from '../../report/groups.ts'
import { type MetricsLine, pointsOf, thinned } from '../../report/metrics.ts'
import type { RunSummary } from './summary.ts'

const MOST_EVALUATIONS = 100
/** of episodes that were played, and of imagination */
const STRETCHES = 40

export const round = (value: number, digits: number): number => Number(value.toFixed(digits))

export function evaluationCurve(lines: readonly MetricsLine[]): RunSummary['evaluations'] {
  const returns = thinned(pointsOf(lines, 'steps', 'evaluation_return'), MOST_EVALUATIONS)
  const deviations = thinned(pointsOf(lines, 'steps', 'evaluation_std'), MOST_EVALUATIONS)
  return returns.map(([steps, value], i) => {
    const [, deviation] = deviations[i] ?? []
    return [Math.round(steps), round(value, 1), ...(deviation === undefined ? [] : [round(deviation, 1)])]
  })
}

interface Stretch {
  /** its end */
  steps: number
  lines: MetricsLine[]
}

/** Lines by the stretch that they fall into; stretches without lines are left out. */
function stretches(lines: readonly MetricsLine[], end: number): Stretch[] {
  const width = end / STRETCHES
  const of = ({ steps }: MetricsLine) => Math.max(1, Math.ceil(Number(steps) / width))
  const groups = partition(
    lines.filter(({ steps }) => typeof steps === 'number'),
    of,
  )
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([i, found]) => ({ steps: Math.round(i * width), lines: found }))
}

const valuesOf = (lines: readonly MetricsLine[], key: string) =>
  lines.map((line) => line[key]).filter((value) => typeof value === 'number')

export const playedCurve = (lines: readonly MetricsLine[], end: number): RunSummary['played'] =>
  stretches(lines, end).flatMap((stretch) => {
    const returns = valuesOf(stretch.lines, 'episode_return')
    return returns.length > 0 ? [[stretch.steps, round(mean(returns), 1)]] : []
  })

/**
 * What was imagined beside what was played in the same stretch. An episode shorter than the limit has ended; of an older
 * stretch without episodes nothing is said.
 */
export function imaginationCurve(
  lines: readonly MetricsLine[],
  end: number,
  episodeLimit: number,
): RunSummary['imagination'] {
  return stretches(lines, end).flatMap((stretch) => {
    const imagined = valuesOf(stretch.lines, 'imagined_reward')
    const lengths = valuesOf(stretch.lines, 'episode_length')
    if (imagined.length === 0 || lengths.length === 0) return []
    const played = sum(lengths)
    return {
      steps: stretch.steps,
      imaginedReward: round(mean(imagined), 4),
      playedReward: round(sum(valuesOf(stretch.lines, 'episode_return')) / played, 4),
      imaginedEnds: round(mean(valuesOf(stretch.lines, 'imagined_end_share')), 6),
      playedEnds: round(lengths.filter((length) => length < episodeLimit).length / played, 6),
    }
  })
}

/** The last `count` episodes that were played. */
export const lastReturns = (lines: readonly MetricsLine[], count: number): number[] =>
  pointsOf(lines, 'steps', 'episode_return')
    .slice(-count)
    .map(([, value]: Point) => value)
