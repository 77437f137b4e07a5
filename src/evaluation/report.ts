// An evaluation as people read it: a table and a plot.
import { markdownTable } from '../common/markdown.ts'
import type { Scores } from '../registry/scores.ts'
import { figureSvg } from '../report/drawing/figure.ts'
import { errorPanels } from '../report/figures/error-panels.ts'

type Row = [name: string, ...values: string[]]

const nameOf = ({ plan, order }: { plan: string; order: string }) =>
  order === '-' ? plan : `${plan}, ${order}`

/** The table, columns aligned, as Markdown so that it also stands in a model card. */
export function scoreTable(scores: Scores): string {
  const horizon = scores.persistence.cumulativeStateL1.length
  const at = (values: readonly number[]) =>
    [values[0]!, values[4]!, values.at(-1)!].map((v) => v.toFixed(3)).join(' / ')
  const rows: Row[] = scores.plans.map((score) => [
    nameOf(score),
    score.oneStepStateL1.toFixed(4),
    at(score.cumulativeStateL1),
    at(score.medianCumulativeStateL1),
    at(score.cumulativeObservationL1),
    `${score.evaluations} + ${score.embeddings}`,
    score.millisecondsPerStep.toFixed(3),
  ])
  const { persistence, decoderFloor } = scores
  rows.push([
    'persistence',
    persistence.oneStepStateL1.toFixed(4),
    at(persistence.cumulativeStateL1),
    '-',
    at(persistence.cumulativeObservationL1),
    '-',
    '-',
  ])
  rows.push(['decoder floor', '-', '-', '-', at(decoderFloor.cumulativeObservationL1), '-', '-'])
  const steps = `1 / 5 / ${horizon}`
  return markdownTable([
    [
      'plan',
      'state L1, 1 step',
      `state, sum to ${steps}`,
      'of the median segment',
      `observation, sum to ${steps}`,
      'U-Net + embeddings',
      'ms a step',
    ],
    ...rows,
  ])
}

export const scorePlot = (scores: Scores, title: string): string => figureSvg(title, errorPanels(scores))
