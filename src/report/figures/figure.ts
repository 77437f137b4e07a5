// What the figures of a report have in common.
import type { Axis } from '../drawing/axis.ts'
import { type Entry, figureSvg, slug } from '../drawing/figure.ts'
import type { Line, Panel, Point } from '../drawing/panel.ts'
import { type Group, groupTitle, type TaskRuns } from '../groups.ts'
import type { Run } from '../run.ts'

export interface Figure {
  /** of its file, without the extension */
  name: string
  title: string
  /** what is drawn, in words */
  caption: string
  svg: string
}

/** What a figure shows, so that tests can look at numbers and not at pixels. */
export interface FigureContent extends Omit<Figure, 'svg' | 'name'> {
  panels: Panel[]
  legend: Entry[]
}

export const STEPS: Axis = { name: 'environment steps', from: 0 }

/** Undefined where no panel has anything to show. */
export function drawFigure(content: FigureContent): Figure | undefined {
  const panels = content.panels.filter(({ lines }) => lines.some(({ points }) => points.length > 0))
  if (panels.length === 0) return undefined
  const { title, caption } = content
  const legend = content.legend.filter((entry) => isShown(entry, panels))
  return { name: slug(title), title, caption, svg: figureSvg(title, panels, { legend }) }
}

const isShown = (entry: Entry, panels: readonly Panel[]) =>
  panels.some(({ lines }) => lines.some((line) => line.points.length > 0 && looksLike(line, entry)))
const looksLike = (a: Entry, b: Entry) => a.colour === b.colour && (a.dash ?? 'solid') === (b.dash ?? 'solid')

/** One line a run in the look of its group. */
export const runLines = ({ groups }: Pick<TaskRuns, 'groups'>, pointsOf: (run: Run) => Point[]): Line[] =>
  groups.flatMap(({ look, runs }) =>
    runs.map((run) => ({
      name: run.name,
      colour: look.colour,
      dash: look.dash,
      points: pointsOf(run),
    })),
  )

export const legendOf = (groups: readonly Group[]): Entry[] =>
  groups.map((group) => ({ name: groupTitle(group), colour: group.look.colour, dash: group.look.dash }))
