// From runs to a report: one section a task, and what is missing said by name.
import { figureSvg, slug } from './drawing/figure.ts'
import { errorPanels } from './figures/error-panels.ts'
import type { Figure } from './figures/figure.ts'
import { imaginationFigure } from './figures/imagination.ts'
import { learningFigure } from './figures/learning-curves.ts'
import { lossesFigure } from './figures/losses.ts'
import { policyFigure } from './figures/policy.ts'
import { sharesFigure, speedFigure } from './figures/time.ts'
import { byTask, type TaskRuns, unlikeRuns } from './groups.ts'
import type { Section } from './page.ts'
import { PAPER } from './paper-returns.ts'
import type { Run } from './run.ts'
import { returnTable, runTable } from './tables.ts'

const FIGURES = {
  'learning curves': learningFigure,
  'imagined against true reward': imaginationFigure,
  losses: lossesFigure,
  policy: policyFigure,
  'time by phase': sharesFigure,
  speed: speedFigure,
}

/** @param skipped why folders that were named are not in the report */
export function reportSections(runs: readonly Run[], skipped: readonly string[]): Section[] {
  const overview = {
    title: 'Runs',
    notes: [...skipped],
    tables: [{ table: runTable(runs), caption: 'As far as they are written. Time is the sum over epochs.' }],
    figures: [],
  }
  return [overview, ...byTask(runs).map(taskSection)]
}

function taskSection(taskRuns: TaskRuns): Section {
  const figures = Object.entries(FIGURES).map(([what, draw]) => ({ what, figure: draw(taskRuns) }))
  const errors = taskRuns.groups.flatMap(({ runs }) => runs).flatMap(errorFigure)
  const missing = figures.filter(({ figure }) => !figure).map(({ what }) => what)
  if (errors.length === 0) missing.push('imagination error by step (npm run evaluate writes it)')
  const returns = returnTable(taskRuns)
  return {
    title: taskRuns.task,
    notes: [
      ...unlikeRuns(taskRuns),
      ...(missing.length ? [`Left out, as no run has the numbers: ${missing.join('; ')}.`] : []),
    ],
    tables: returns ? [{ table: returns, caption: RETURNS }] : [],
    figures: [...figures.flatMap(({ figure }) => figure ?? []), ...errors],
  }
}

const RETURNS = `Return of evaluations after so many environment steps: mean ± deviation (n - 1) over the seeds that got so far, their
  number in brackets; straight between two evaluations. Paper: ${PAPER}.`

function errorFigure({ name, errors }: Run): Figure[] {
  if (!errors) return []
  const title = `${name}: imagination error`
  return [
    {
      name: slug(title),
      title,
      caption: `${errors.segments} segments of ${errors.episodes} held-out episodes with their recorded actions, open loop, by sampling
        plan. Persistence: the state never changes. Decoder floor: true states decoded.`,
      svg: figureSvg(title, errorPanels(errors)),
    },
  ]
}
