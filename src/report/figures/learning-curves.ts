// Return against environment steps: every seed, the mean over seeds with its band, and where the paper ended.
import { mean } from '../../common/statistics.ts'
import { roundEnd } from '../drawing/axis.ts'
import { GREY, lookOf } from '../drawing/palette.ts'
import type { Line, Panel, Point } from '../drawing/panel.ts'
import { type Group, groupTitle, type TaskRuns } from '../groups.ts'
import { isSampled, lastAt, type MetricsLine, pointsOf } from '../metrics.ts'
import {
  isUnlike,
  PAPER,
  paperReturns,
  paperSteps,
  paperStepsText,
  paperText,
  UNLIKE,
} from '../paper-returns.ts'
import type { Run } from '../run.ts'
import { spreadOf } from '../spread.ts'
import { drawFigure, type Figure, type FigureContent, runLines, STEPS } from './figure.ts'

const EPISODES = 10 // of the moving mean

export const evaluationsOf = (run: Run): Point[] => pointsOf(run.metrics, 'steps', 'evaluation_return')

export function learningContent(taskRuns: TaskRuns): FigureContent {
  const { task, groups } = taskRuns
  const evaluated = groups.map((group) => ({ ...group, runs: group.runs.filter(isEvaluated) }))
  const lines = evaluated.filter(({ runs }) => runs.length > 0).flatMap(groupLines)
  return {
    title: `${task}: learning curves`,
    caption: `Undiscounted return of the team. Evaluations act with the policy's means. Lines are means over seeds where
      all of them have got, bands go from the least to the greatest seed, thin lines are single seeds. Played episodes are
      those that were learned from, with actions drawn from the policy (random ones where a world model is trained alone), without those of exploration: mean of the latest ${EPISODES}. ${paperCaption(task)}`,
    legend: groups.map((group) => ({ name: groupTitle(group), ...group.look })),
    panels: [
      { title: 'Evaluations', x: stepsAxis(lines), y: { name: 'return' }, lines },
      againstPaper(task, lines),
      ...firstSteps(lines),
      {
        title: 'Played episodes',
        x: STEPS,
        y: { name: `return, mean of ${EPISODES}` },
        lines: runLines(taskRuns, ({ metrics }) =>
          lastAt(movingMean(pointsOf(metrics.filter(isSampled), 'steps', 'episode_return'))),
        ),
      },
    ],
  }
}

export const learningFigure = (taskRuns: TaskRuns): Figure | undefined =>
  drawFigure(learningContent(taskRuns))

const isEvaluated = (run: Run) => evaluationsOf(run).length > 0

function groupLines({ name, look, runs }: Group): Line[] {
  const seeds = runs.map((run) => ({ name: run.name, points: evaluationsOf(run) }))
  if (seeds.length === 1) return [{ ...look, ...seeds[0]! }]
  const spread = spreadOf(seeds.map(({ points }) => points))
  const average: Line = {
    name: `${name}, mean`,
    ...look,
    points: spread.map(({ x, mean }) => [x, mean]),
    band: spread.map(({ x, low, high }) => [x, low, high]),
  }
  return [...seeds.map((seed) => ({ ...seed, colour: look.colour, dash: look.dash, thin: true })), average]
}

/** Where one line goes on for much longer than another: what both have seen. */
function firstSteps(lines: readonly Line[]): Panel[] {
  const ends = lines.filter(({ thin }) => !thin).map(({ points }) => points.at(-1)?.[0] ?? 0)
  const [least, most] = [Math.min(...ends), Math.max(...ends)]
  if (least > 0.4 * most || least <= 0) return []
  const to = roundEnd(least)
  const within = <P extends readonly number[]>(points: readonly P[] = []) => points.filter(([x]) => x! <= to)
  return [
    {
      title: `Evaluations, the first ${to.toLocaleString('en')} steps`,
      x: { ...STEPS, to },
      y: { name: 'return' },
      lines: lines.map((line) => ({ ...line, points: within(line.points), band: within(line.band) })),
    },
  ]
}

/** The same lines with the paper's values, which are so high that they need axes of their own. */
function againstPaper(task: string, lines: readonly Line[]): Panel {
  const { to: end } = stepsAxis(lines)
  const paper = lines.some(({ points }) => points.length > 0) ? paperReturns(task) : []
  const references = paper.map(
    (value): Line => ({
      name: `paper, ${value.method}`,
      colour: GREY,
      dash: 'dashed',
      thin: true,
      points: [0, end].map((x) => [x, value.mean]),
      label: `${value.method} ${paperText(value)}`,
    }),
  )
  return {
    title: `Evaluations and the paper's results after ${paperStepsText(task)} steps`,
    x: stepsAxis(lines),
    y: { name: 'return' },
    lines: references.length ? [...lines, ...references] : [],
  }
}

const stepsAxis = (lines: readonly Line[]) => {
  const end = lines.flatMap(({ points }) => points).reduce((most, [x]) => Math.max(most, x), 0)
  return { ...STEPS, to: roundEnd(end) }
}

const paperCaption = (task: string) =>
  paperReturns(task).length === 0
    ? 'The paper has no results for this task.'
    : `Dashed: ${PAPER}, mean ± deviation over 4 seeds after ${paperSteps(task).toLocaleString('en')} steps; (?) marks numbers
      that may have been misread.${isUnlike(task) ? ` ${UNLIKE}` : ''}`

/** The mean of a point and the `EPISODES` - 1 before it, as far as there are so many. */
export const movingMean = (points: readonly Point[]): Point[] =>
  points.map(([x], i) => [x, mean(points.slice(Math.max(0, i + 1 - EPISODES), i + 1).map(([, y]) => y))])

/** The curve of one run alone, for its card: the band is a deviation over the episodes of an evaluation. */
export function learningCurveSvg(
  run: Pick<Run, 'name' | 'config' | 'metrics'>,
  title: string,
): string | undefined {
  const points = pointsOf(run.metrics, 'steps', 'evaluation_return')
  const line: Line = {
    name: run.name,
    colour: lookOf(0).colour,
    symbol: 'circle',
    points,
    band: bandOf(run.metrics),
  }
  return drawFigure({
    title,
    caption: '',
    legend: [],
    panels: [
      {
        title: 'Evaluations, ± deviation over episodes',
        x: stepsAxis([line]),
        y: { name: 'return' },
        lines: [line],
      },
      againstPaper(run.config.task, [line]),
    ],
  })?.svg
}

const bandOf = (metrics: readonly MetricsLine[]) =>
  metrics.flatMap(({ steps, evaluation_return: mean, evaluation_std: std }) =>
    typeof steps === 'number' && typeof mean === 'number' && typeof std === 'number'
      ? [[steps, mean - std, mean + std] as const]
      : [],
  )
