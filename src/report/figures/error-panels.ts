// Error against imagined step, on logarithmic axes because persistence is ten times the rest.
import Type, { type Static } from 'typebox'
import { GREY, lookOf } from '../drawing/palette.ts'
import type { Line, Panel } from '../drawing/panel.ts'

const Sums = Type.Array(Type.Number(), { minItems: 1 })

/** The part of evaluation.json that is drawn; the rest may be anything. */
export const Errors = Type.Object({
  episodes: Type.Integer(),
  segments: Type.Integer(),
  plans: Type.Array(
    Type.Object({
      plan: Type.String(),
      order: Type.String(),
      cumulativeStateL1: Sums, // by step 1..H
      cumulativeObservationL1: Sums,
    }),
  ),
  persistence: Type.Object({ cumulativeStateL1: Sums, cumulativeObservationL1: Sums }),
  decoderFloor: Type.Object({ cumulativeObservationL1: Sums }),
})
export type Errors = Static<typeof Errors>

const nameOf = ({ plan, order }: Errors['plans'][number]) => (order === '-' ? plan : `${plan}, ${order}`)

export function errorPanels(errors: Errors): Panel[] {
  const { plans, persistence, decoderFloor } = errors
  const lines = (pick: 'cumulativeStateL1' | 'cumulativeObservationL1'): Line[] => [
    ...plans.map((plan, i) => ({
      ...labelled(nameOf(plan), plan[pick]),
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
