// An evaluation as people read it: a table and a plot.
import type { Scores } from '../registry/manifest.ts'
import { chartSvg, type Series } from './chart.ts'

type Row = [name: string, ...values: string[]]

const COLOURS = ['#0b6e4f', '#7a4fb5', '#c2410c', '#d98324', '#b0892f']

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
  return markdown([
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

function markdown([head, ...rows]: Row[]): string {
  const widths = head!.map((_, i) => Math.max(...[head!, ...rows].map((row) => row[i]!.length)))
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  return [line(head!), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

export function scorePlot(scores: Scores, title: string): string {
  const series = (pick: 'cumulativeStateL1' | 'cumulativeObservationL1'): Series[] => [
    ...scores.plans.map((score, i) => ({
      name: nameOf(score),
      values: score[pick],
      colour: COLOURS[i % COLOURS.length]!,
    })),
    { name: 'persistence', values: scores.persistence[pick], colour: '#6b7280', dashed: true },
  ]
  const floor = {
    name: 'decoder floor',
    values: scores.decoderFloor.cumulativeObservationL1,
    colour: '#9ca3af',
    dashed: true,
  }
  return chartSvg(title, [
    { title: 'State: cumulative L1, normalised units', series: series('cumulativeStateL1') },
    { title: 'Observation: cumulative L1', series: [...series('cumulativeObservationL1'), floor] },
  ])
}
