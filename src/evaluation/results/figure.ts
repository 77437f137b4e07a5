// Small multiples: a task a panel, its return against environment steps, and where the paper's methods ended.
import { arrange, type Entry } from '../../report/drawing/figure.ts'
import { drawMultiple, MULTIPLE_SIZE, type Multiple } from '../../report/drawing/multiple.ts'
import { GREY, type Look, lookOf } from '../../report/drawing/palette.ts'
import type { Line, Point } from '../../report/drawing/panel.ts'
import { partition } from '../../report/groups.ts'
import { PAPER_TASKS, paperReturns, paperSteps } from '../../report/paper-returns.ts'
import { spreadOf } from '../../report/spread.ts'
import { type RunSummary, SHOWN } from './summary.ts'

const TITLE = 'Return against environment steps, and the paper’s methods at 1M, of the hands at 300,000'
const FIRST_STEPS = 1000

/** DIMA's is the only solid line. */
const lookOfAlgorithm = (algorithm: RunSummary['algorithm']): Pick<Look, 'colour' | 'dash'> => ({
  colour: lookOf(SHOWN.indexOf(algorithm)).colour,
  dash: algorithm === 'dima' ? 'solid' : 'dashed',
})

export const LEGEND: Entry[] = [
  {
    name: 'DIMA, ours, with mean actions; where there are several seeds each is thin and their mean heavy',
    ...lookOfAlgorithm('dima'),
  },
  ...SHOWN.filter((name) => name !== 'dima').map((name) => ({
    name: `${name.toUpperCase()}, ours`,
    ...lookOfAlgorithm(name),
  })),
  {
    name: 'at the right edge: what the paper’s methods have in the end (Table 2); ?: may be misread',
    colour: GREY,
  },
]

const MOST_COLUMNS = 3

/** A robot a row, or two of them where it has many tasks, in the order of the tasks. */
export function resultsFigure(runs: readonly RunSummary[]): string {
  const robots = [...new Set(PAPER_TASKS.map(robotOf))]
  const rows = robots.map((robot) => PAPER_TASKS.filter((task) => robotOf(task) === robot))
  const columns = Math.min(MOST_COLUMNS, Math.max(...rows.map((row) => row.length)))
  const pictures = rows.flatMap((tasks) => {
    const drawn = multiplesOf(tasks, runs).map(drawMultiple)
    return inRows(drawn).flatMap((row) => [...row, ...Array(columns - row.length).fill(BLANK)])
  })
  return inTheDark(arrange(TITLE, pictures, LEGEND, columns))
}

function inRows<T>(pictures: readonly T[]): T[][] {
  const each = pictures.length > MOST_COLUMNS ? Math.ceil(pictures.length / 2) : pictures.length
  return [pictures.slice(0, each), pictures.slice(each)].filter((row) => row.length > 0)
}

const robotOf = (task: string): string => task.split('-')[0]!
const BLANK = { ...MULTIPLE_SIZE, title: '', svg: '' }

/** Panels of one robot, with the same axis of returns. */
export function multiplesOf(tasks: readonly string[], runs: readonly RunSummary[]): Multiple[] {
  const panels = tasks.map((task) => ({
    title: task,
    lines: linesOf(runs.filter((run) => run.task === task)),
  }))
  const values = [
    ...panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(([, value]) => value))),
    ...tasks.flatMap((task) => paperReturns(task).map(({ mean }) => mean)),
  ]
  const high = Math.max(...values)
  const range = [Math.min(0, ...values), 1.04 * high] as const
  return panels.map((panel) => ({
    ...panel,
    range,
    marks: marksOf(panel.title),
    domain: [FIRST_STEPS, paperSteps(panel.title)] as const,
    note: noteOf(panel.lines),
  }))
}

function noteOf(lines: readonly Line[]): string | undefined {
  if (lines.length === 0) return 'not trained'
  return lines.some(({ colour }) => colour === OURS) ? undefined : 'DIMA: not trained'
}

const OURS = lookOfAlgorithm('dima').colour

/** Presets of an algorithm apart. */
function linesOf(runs: readonly RunSummary[]): Line[] {
  return SHOWN.flatMap((algorithm) => {
    const own = runs.filter((run) => run.algorithm === algorithm)
    const presets = [...partition(own, ({ preset }) => preset).values()]
    return presets.flatMap((ofPreset) => groupLines(ofPreset, algorithm))
  })
}

/** One seed: its line. More: theirs, thin, and their mean. */
function groupLines(runs: readonly RunSummary[], algorithm: RunSummary['algorithm']): Line[] {
  const look = lookOfAlgorithm(algorithm)
  const seeds = runs
    .map(curveOf)
    .filter((points) => points.length > 0)
    .map((points): Line => ({ name: algorithm, ...look, points }))
  if (seeds.length < 2) return seeds.map(labelled)
  const average = spreadOf(seeds.map(({ points }) => points)).map(({ x, mean }): Point => [x, mean])
  return [
    ...seeds.map((line) => ({ ...line, thin: true })),
    labelled({ name: `${algorithm}, mean`, ...look, points: average }),
  ]
}

/** Its last value, of ours alone: several would cover each other. */
const labelled = (line: Line): Line =>
  line.colour === OURS ? { ...line, label: line.points.at(-1)![1].toFixed(0) } : line

export const curveOf = ({ evaluations }: RunSummary): Point[] =>
  evaluations.map(([steps, value]) => [steps!, value!])

/** Those that are run here in their own colours. */
const marksOf = (task: string) =>
  paperReturns(task).map(({ method, mean, doubtful }) => {
    const own = SHOWN.find((algorithm) => algorithm === method.toLowerCase())
    return {
      label: `${method} ${Math.round(mean)}${doubtful ? ' ?' : ''}`,
      value: mean,
      colour: own ? lookOfAlgorithm(own).colour : GREY,
      bold: own !== undefined,
    }
  })

/** Pictures in documents are on their own: they bring both palettes. */
const inTheDark = (svg: string): string =>
  svg.replace(
    '</title>',
    '</title>\n<style>@media (prefers-color-scheme: dark){svg{color:#dfe4ea}.paper{fill:#15191e}}</style>',
  )
