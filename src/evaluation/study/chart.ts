// Error against action noise, a line a plan, as shares of persistence: units and task differ from data set to data set.
import { type Entry, figureSvg } from '../../report/drawing/figure.ts'
import { lookOf } from '../../report/drawing/palette.ts'
import type { Line, Panel } from '../../report/drawing/panel.ts'
import type { PlanError } from './plan-errors.ts'
import type { DenoiserScores } from './study.ts'
import { byNoise } from './tables.ts'

type Owner = 'mixed' | 'run'

/** Error by action noise, for denoisers that were trained with one kind of masks. */
export function noisePanels(scores: readonly DenoiserScores[], masks: Owner): Panel[] {
  const shown = byNoise(scores, masks)
  const panel = (title: string, share: 'oneStepShare' | 'horizonShare'): Panel => ({
    title: `${OWNERS[masks]}: ${title}`,
    x: { name: 'standard deviation of the action noise', log: true },
    y: { name: 'state error, % of persistence', from: 0 },
    lines: (shown[0]?.errors ?? []).map((error, i): Line => {
      const points = shown.map(({ dataSet, errors }) => [dataSet.std, 100 * errors[i]![share]] as const)
      return { name: error.plan, ...lookOf(i), dash: dashOf(error), points }
    }),
  })
  return [panel('1 imagined step', 'oneStepShare'), panel('sum over 15 steps', 'horizonShare')]
}

const OWNERS = { mixed: 'Trained on the data set', run: 'The run’s own denoiser' }

export function noiseChart(scores: readonly DenoiserScores[]): string {
  const panels = (['mixed', 'run'] as const)
    .flatMap((owner) => noisePanels(scores, owner))
    .filter(({ lines }) => lines.length > 0)
  const legend = panels[0]!.lines.map(({ points: _, ...look }): Entry => look)
  return figureSvg('Error of the sampling plans by action noise', panels, { legend })
}

/** All agents visible: solid; one at a time: dashed; ever more of them: dotted. */
const DASHES = { joint: 'solid', sequential: 'dashed', progressive: 'dotted' } as const
const dashOf = ({ name }: PlanError) => DASHES[name]
