// What a frame says in words. Fonts are those of the machine: without any, the bar below still tells the time.
import { HEIGHT, WIDTH } from './camera.ts'
import type { FigureInFrame, Frame } from './frame.ts'
import { GHOST_PAINT, SCENE, trailColour } from './palette.ts'
import { element, text } from './svg.ts'

const MARGIN = 12
const LINE = 17
const BAR = 3
const SEPARATOR = ' · '

/** `still`: nothing goes anywhere, so distances are not told. */
export const drawCaption = (frame: Frame, still: boolean): string =>
  [
    text(frame.title, { x: MARGIN, y: MARGIN + 10, fill: SCENE.ink, 'font-weight': 600 }),
    text(`step ${frame.step}${SEPARATOR}${frame.seconds.toFixed(2)} s`, {
      x: MARGIN,
      y: MARGIN + 10 + LINE,
      fill: SCENE.faintInk,
    }),
    ...frame.figures.map((figure, i) => drawLegend(figure, i, { named: frame.figures.length > 1, still })),
    drawBar(frame.progress),
  ].join('\n')

/** How far it has come and its reward; where there are two figures, which is which. */
function drawLegend(
  { name, pose, reward }: FigureInFrame,
  i: number,
  { named, still }: { named: boolean; still: boolean },
): string {
  const y = MARGIN + 10 + i * LINE
  const words = [
    still ? '' : `${hundredths(pose.root[0])} m`,
    reward === undefined ? '' : `reward ${hundredths(reward)}`,
  ]
  const line = [named ? name : '', ...words].filter(Boolean).join(SEPARATOR)
  const label = text(line, { x: WIDTH - MARGIN - (named ? 16 : 0), y, 'text-anchor': 'end', fill: SCENE.ink })
  return named ? label + drawSwatch(WIDTH - MARGIN - 5, y - 4, i > 0) : label
}

/** Two digits after the point, without a sign before zero. */
const hundredths = (value: number): string => value.toFixed(2).replace(/^-(?=0\.00$)/, '')

const drawSwatch = (cx: number, cy: number, ghost: boolean): string =>
  ghost
    ? element('circle', {
        cx,
        cy,
        r: 5,
        fill: GHOST_PAINT.fill,
        'fill-opacity': 0.22,
        stroke: GHOST_PAINT.edge,
      })
    : element('circle', { cx, cy, r: 5.5, fill: trailColour(false) })

const drawBar = (progress: number): string =>
  element('rect', { x: 0, y: HEIGHT - BAR, width: progress * WIDTH, height: BAR, fill: SCENE.faintInk })
