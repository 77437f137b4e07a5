// Where the time goes: shares of the phases, seconds an epoch, cores at work.
import { sum } from '../../common/statistics.ts'
import { type Bars, drawBars } from '../drawing/bars.ts'
import { arrange, slug } from '../drawing/figure.ts'
import type { Point } from '../drawing/panel.ts'
import type { TaskRuns } from '../groups.ts'
import { type MetricsLine, pointsOf, sumOf } from '../metrics.ts'
import type { Run } from '../run.ts'
import { durationText } from '../text.ts'
import { drawFigure, type Figure, type FigureContent, legendOf, runLines, STEPS } from './figure.ts'

const PREFIX = 'seconds_'

/** In the order in which an epoch goes through them; any other phase comes after these. */
const COLOURS: Record<string, string> = {
  collect: '#56b4e9',
  world_model: '#4c97d0',
  imagine: '#e69f00',
  behaviour: '#e5834a',
  evaluate: '#35b28d',
  save: '#cc79a7',
  save_wait: '#9a4f77',
}
const OTHERS = ['#f0e442', '#b8a9d9', '#9ccc65']
const REST = '#a8afb6'

/** Seconds of every phase over the whole run, and what they leave of it. */
export function phasesOf(metrics: readonly MetricsLine[]): Map<string, number> {
  const keys = metrics.flatMap((line) => Object.keys(line)).filter((key) => key.startsWith(PREFIX))
  const names = inOrder(keys.map((key) => key.slice(PREFIX.length)))
  const phases = new Map(names.map((phase) => [phase, sumOf(metrics, PREFIX + phase)]))
  const named = sum([...phases.values()])
  return phases.set('rest', Math.max(0, sumOf(metrics, 'seconds') - named))
}

function inOrder(names: readonly string[]): string[] {
  const known = Object.keys(COLOURS)
  return [...new Set([...known.filter((name) => names.includes(name)), ...names])]
}

export const isTimed = ({ metrics }: Run): boolean => sumOf(metrics, 'seconds') > 0

export function timeBars({ groups }: TaskRuns): Bars {
  const runs = groups.flatMap((group) => group.runs).filter(isTimed)
  const phases = runs.map(({ metrics }) => phasesOf(metrics))
  const names = inOrder(phases.flatMap((phase) => [...phase.keys()])).filter((name) => name !== 'rest')
  const share = (phase: Map<string, number>, name: string) =>
    (100 * (phase.get(name) ?? 0)) / sum([...phase.values()])
  const colours = coloursOf(names)
  return {
    title: 'Share of the phases',
    rows: runs.map(({ name, metrics }) => `${name}: ${durationText(sumOf(metrics, 'seconds'))}`),
    parts: [...names, 'rest'].map((name) => ({
      name: name.replaceAll('_', ' '),
      colour: colours.get(name) ?? REST,
      shares: phases.map((phase) => share(phase, name)),
    })),
  }
}

function coloursOf(names: readonly string[]): Map<string, string> {
  const others = names.filter((name) => !(name in COLOURS))
  return new Map([
    ...Object.entries(COLOURS),
    ...others.map((name, i) => [name, OTHERS[i % OTHERS.length]!] as const),
  ])
}

export function sharesFigure(taskRuns: TaskRuns): Figure | undefined {
  const bars = timeBars(taskRuns)
  if (bars.rows.length === 0) return undefined
  const title = `${taskRuns.task}: time by phase`
  const picture = drawBars(bars, slug(title))
  const legend = bars.parts.map(({ name, colour }) => ({ name, colour, area: true }))
  return {
    name: slug(title),
    title,
    caption: 'Sum over all epochs of a run, in percent of its time. Rest: what no phase was told of.',
    svg: arrange(title, [picture], legend, 1),
  }
}

export function speedContent(taskRuns: TaskRuns): FigureContent {
  return {
    title: `${taskRuns.task}: speed`,
    caption: 'One point an epoch. Cores busy: processor seconds of all threads by seconds on the clock.',
    legend: legendOf(taskRuns.groups),
    panels: [
      {
        title: 'Time of an epoch',
        x: STEPS,
        y: { name: 'seconds', from: 0 },
        lines: runLines(taskRuns, ({ metrics }) => pointsOf(metrics, 'steps', 'seconds')),
      },
      { title: 'Cores busy', x: STEPS, y: { name: 'cores', from: 0 }, lines: runLines(taskRuns, coresBusy) },
    ],
  }
}

const coresBusy = ({ metrics }: Run): Point[] =>
  metrics.flatMap(({ steps, seconds, cpu_seconds: cpu }): Point[] =>
    typeof steps === 'number' && typeof seconds === 'number' && typeof cpu === 'number' && seconds > 0
      ? [[steps, cpu / seconds]]
      : [],
  )

export const speedFigure = (taskRuns: TaskRuns): Figure | undefined => drawFigure(speedContent(taskRuns))
