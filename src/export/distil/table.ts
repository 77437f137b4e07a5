// A distillation as people read it.
import { markdownTable } from '../../common/markdown.ts'
import type { Distillation } from '../../registry/scores.ts'

export function distillationTable({ plans }: Distillation): string {
  const rows = plans.map(({ plan, oneStepStateL1: one, cumulativeStateL1: all }) => [
    plan,
    ...one.map((error) => error.toFixed(4)),
    ...all.map((error) => error.toFixed(3)),
    `${(100 * (all[1]! / all[0]! - 1)).toFixed(2)} %`,
  ])
  return markdownTable([HEAD, ...rows])
}

const HEAD = [
  'plan',
  'state L1, 1 step: own',
  'distilled',
  'sum over the horizon: own',
  'distilled',
  'growth',
]

/** Of the model's card. */
export function distilledSection(distilled: Distillation, file: string): string {
  const error = (100 * distilled.fitError).toFixed(1)
  return `## Distilled network

\`${file}\` holds a small network that learned, at export, to give what the model's own gives. On inputs that it did not learn
from it is ${error} % of their deviation away (root mean square). Both imagined the same ${distilled.segments} held-out
segments; the figures further up are of the model's own network.

${distillationTable(distilled)}`
}
