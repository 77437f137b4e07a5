// Error against imagined step, on logarithmic axes because persistence is ten times the rest.
import type { Score, Scores } from '../../registry/manifest.ts'
import { GREY, lookOf } from '../drawing/palette.ts'
import type { Line, Panel } from '../drawing/panel.ts'

const nameOf = ({ plan, order }: Score) => (order === '-' ? plan : `${plan}, ${order}`)

export function errorPanels(scores: Scores): Panel[] {
  const { plans, persistence, decoderFloor } = scores
  const lines = (pick: 'cumulativeStateL1' | 'cumulativeObservationL1'): Line[] => [
    ...plans.map((score, i) => ({
      ...labelled(nameOf(score), score[pick]),
      colour: lookOf(i).colour,
      dash: i % 2 ? ('dashed' as const) : ('solid' as const), // plans may lie upon each other
    })),
    { ...labelled('persistence', persistence[pick]), colour: GREY, dash: 'dashed' },
  ]
  const floor: Line = {
    ...labelled('decoder floor', decoderFloor.cumulativeObservationL1),
    colour: GREY,
    dash: 'dotted',
  }
  const x = { name: 'imagined steps', from: 1 }
  return [
    {
      title: 'State, sum to the step',
      x,
      y: { name: 'L1, normalised units', log: true },
      lines: lines('cumulativeStateL1'),
    },
    {
      title: 'Observation, sum to the step',
      x,
      y: { name: 'L1', log: true },
      lines: [...lines('cumulativeObservationL1'), floor],
    },
  ]
}

const labelled = (name: string, values: readonly number[]) => ({
  name,
  points: values.map((value, i) => [i + 1, value] as const),
  label: `${name} ${values.at(-1)!.toFixed(2)}`,
})
