// Scores on sets as people read them.
import { markdownTable } from '../../common/markdown.ts'
import type { SetName } from './names.ts'
import type { SetScore } from './score-set.ts'

export type SetScores = Partial<Record<SetName, SetScore>>

/** A row for every set; the errors of persistence stand behind the model's. */
export function setTable(sets: SetScores): string {
  const scores = Object.entries(sets)
  const horizon = scores[0]?.[1].cumulativeStateL1.length ?? 0
  const last = (values: readonly number[], digits: number) => values.at(-1)!.toFixed(digits)
  const rows = scores.map(([name, score]) => [
    name,
    String(score.episodes),
    score.return.toFixed(1),
    score.oneStepStateL1.toFixed(4),
    last(score.cumulativeStateL1, 3),
    last(score.medianCumulativeStateL1, 3),
    score.persistence.oneStepStateL1.toFixed(4),
    last(score.persistence.cumulativeStateL1, 3),
  ])
  const sum = `sum to ${horizon}`
  return markdownTable([
    [
      'set',
      'episodes',
      'return',
      'state L1, 1 step',
      sum,
      'median segment',
      'persistence, 1 step',
      `persistence, ${sum}`,
    ],
    ...rows,
  ])
}
