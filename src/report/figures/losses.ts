// The loss of every network against its updates.
import type { TaskRuns } from '../groups.ts'
import { networksOf, pointsOf, thinned, updatesOf } from '../metrics.ts'
import { drawFigure, type Figure, type FigureContent, legendOf, runLines } from './figure.ts'

export function lossesContent(taskRuns: TaskRuns): FigureContent {
  const { task, groups } = taskRuns
  const networks = new Set(groups.flatMap(({ runs }) => runs.flatMap(({ metrics }) => networksOf(metrics))))
  return {
    title: `${task}: losses`,
    caption: `Training loss of every network against its updates, one line a run, thinned to 200 means of neighbouring
      lines of metrics.jsonl. Axes are logarithmic unless a loss goes below zero, as a policy's may.`,
    legend: legendOf(groups),
    panels: [...networks].map((network) => {
      const lines = runLines(taskRuns, ({ metrics }) =>
        thinned(pointsOf(updatesOf(metrics, network), 'update', 'loss')),
      )
      const log = lines.every(({ points }) => points.every(([, loss]) => loss > 0))
      return { title: network, x: { name: 'updates', from: 0 }, y: { name: 'loss', log }, lines }
    }),
  }
}

export const lossesFigure = (taskRuns: TaskRuns): Figure | undefined => drawFigure(lossesContent(taskRuns))
