// A line of a run's metrics for each episode that ended while it was played.
import type { MetricLine } from '../../learning/learner.ts'
import type { Recording } from './recording.ts'

/** @param before environment steps before these */
export function logEnds(
  folder: { logMetrics(line: MetricLine): void },
  { ends, copies }: Recording,
  epoch: number,
  before: number,
): void {
  for (const { row, episodeReturn, length, success } of ends) {
    const steps = before + (Math.floor(row / copies) + 1) * copies
    const succeeded = success !== undefined && { episode_success: Number(success) }
    folder.logMetrics({ epoch, steps, episode_return: episodeReturn, episode_length: length, ...succeeded })
  }
}
