// What the policy was trained on against what it meets: imagined and true reward of a step, by epoch.
import type { Entry } from '../drawing/figure.ts'
import type { Line, Point } from '../drawing/panel.ts'
import { groupTitle, type TaskRuns } from '../groups.ts'
import { pointsOf } from '../metrics.ts'
import type { Run } from '../run.ts'
import { drawFigure, type Figure, type FigureContent, runLines, STEPS } from './figure.ts'

const imagined = (run: Run) => pointsOf(run.metrics, 'steps', 'imagined_reward')
const met = (run: Run) => pointsOf(run.metrics, 'steps', 'true_reward')

export function imaginationContent(taskRuns: TaskRuns): FigureContent {
  const { task, groups } = taskRuns
  const shown = groups.filter(({ runs }) => runs.some((run) => imagined(run).length > 0))
  const look = (line: Line, dash: 'solid' | 'dotted', symbol: 'circle' | 'rect'): Line => ({
    ...line,
    dash,
    symbol,
  })
  const lines = (pick: (run: Run) => Point[]) => runLines({ groups: shown }, pick)
  return {
    title: `${task}: imagined against true reward`,
    caption: `One point an epoch, one line a run, the same policy with drawn actions on both sides. Imagined: mean reward of a
      step in the epoch's last batch of imagination. True: mean reward of a step in the newest played episode. Imagination
      starts from all that was played, one episode may go well or badly: single points differ, but imagined rewards that
      run away while true ones stall mean that the policy has learned what the world model gets wrong. npm run reproduce
      compares the two from the same states.`,
    legend: shown.flatMap((group): Entry[] => [
      { name: `${groupTitle(group)}: imagined`, colour: group.look.colour, symbol: 'circle' },
      { name: `${groupTitle(group)}: true`, colour: group.look.colour, symbol: 'rect', dash: 'dotted' },
    ]),
    panels: [
      {
        title: 'Reward of a step',
        x: STEPS,
        y: { name: 'mean reward a step' },
        lines: [
          ...lines(imagined).map((line) => look(line, 'solid', 'circle')),
          ...lines(met).map((line) => look(line, 'dotted', 'rect')),
        ],
      },
      { title: 'Imagined minus true', x: STEPS, y: { name: 'reward a step' }, lines: lines(optimism) },
      {
        title: 'Imagined steps that end a trajectory',
        x: STEPS,
        y: { name: 'share', from: 0 },
        lines: lines(({ metrics }) => pointsOf(metrics, 'steps', 'imagined_end_share')),
      },
    ],
  }
}

const optimism = (run: Run): Point[] =>
  run.metrics.flatMap(({ steps, imagined_reward: a, true_reward: b }): Point[] =>
    typeof steps === 'number' && typeof a === 'number' && typeof b === 'number' ? [[steps, a - b]] : [],
  )

export const imaginationFigure = (taskRuns: TaskRuns): Figure | undefined =>
  drawFigure(imaginationContent(taskRuns))
