// How sure the policy is, and how far its updates go.
import type { Axis } from '../drawing/axis.ts'
import type { Point } from '../drawing/panel.ts'
import type { TaskRuns } from '../groups.ts'
import { actorPoints, lastAt, type MetricsLine, pointsOf, thinned } from '../metrics.ts'
import { drawFigure, type Figure, type FigureContent, legendOf, runLines, STEPS } from './figure.ts'

const UPDATES: Axis = { name: 'updates of the actor', from: 0 }

const OF_UPDATES = [
  { key: 'entropy', title: 'Entropy', unit: 'nats' },
  { key: 'approximate_kl', title: 'Change by an update (approximate KL)', unit: 'nats' },
  { key: 'clip_fraction', title: 'Clipped ratios', unit: 'share' },
]

export function policyContent(taskRuns: TaskRuns): FigureContent {
  return {
    title: `${taskRuns.task}: policy`,
    caption:
      'One line a run. Standard deviation of the actions by epoch; the rest of the actor by its updates. Of several actors their mean.',
    legend: legendOf(taskRuns.groups),
    panels: [
      {
        title: 'Standard deviation of actions',
        x: STEPS,
        y: { name: 'action units' },
        lines: runLines(taskRuns, ({ metrics }) => deviations(metrics)),
      },
      ...OF_UPDATES.map(({ key, title, unit }) => ({
        title,
        x: UPDATES,
        y: { name: unit },
        lines: runLines(taskRuns, ({ metrics }) => thinned(actorPoints(metrics, 'update', key))),
      })),
    ],
  }
}

/** At the end of an epoch; of one actor it may stand in a line of its own. */
function deviations(metrics: readonly MetricsLine[]): Point[] {
  const ofActors = actorPoints(metrics, 'steps', 'policy_std')
  return ofActors.length > 0 ? ofActors : lastAt(pointsOf(metrics, 'steps', 'policy_std'))
}

export const policyFigure = (taskRuns: TaskRuns): Figure | undefined => drawFigure(policyContent(taskRuns))
