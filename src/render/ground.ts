// The ground moves past the camera: a measuring tape under a planar robot, tiles of one metre under a free one.
import { type Camera, HEIGHT, WIDTH } from './camera.ts'
import { SCENE } from './palette.ts'
import { element, short, text } from './svg.ts'

/** Metres of a field of the tape: two make a metre. */
const FIELD = 0.5
const TAPE = 9 // units of a picture
/** Below the caption. */
const MARKS_FROM = 52

export const drawGround = (camera: Camera): string =>
  camera.kind === 'side' ? drawTape(camera) : drawTiles(camera)

function drawTape(camera: Camera): string {
  const { scale } = camera
  const level = camera.project(camera.focus).y
  const reach = WIDTH / scale / 2
  const marks = range(camera.focus[0] - reach, camera.focus[0] + reach, FIELD)
  const at = (metres: number) => camera.project([metres, 0, 0]).x
  const whole = marks.filter(Number.isInteger)
  return [
    ...whole.map((mark) => drawMark(at(mark), level, mark === 0)),
    element('rect', { x: 0, y: level, width: WIDTH, height: HEIGHT - level, fill: SCENE.ground }),
    ...marks.map((mark) =>
      element('rect', {
        x: at(mark),
        y: level,
        width: FIELD * scale,
        height: TAPE,
        fill: Number.isInteger(mark) ? SCENE.tapeLight : SCENE.tapeDark,
      }),
    ),
    element('rect', { x: 0, y: level - 0.75, width: WIDTH, height: 1.5, fill: SCENE.surface }),
    ...whole.map((mark) =>
      text(`${mark} m`, { x: at(mark), y: level + TAPE + 15, 'text-anchor': 'middle', fill: SCENE.faintInk }),
    ),
  ].join('\n')
}

/** A faint line up from each metre, and a red one where the distance is zero. */
const drawMark = (x: number, level: number, start: boolean): string =>
  element('rect', {
    x: x - 0.75,
    y: MARKS_FROM,
    width: 1.5,
    height: level - MARKS_FROM,
    fill: start ? SCENE.start : SCENE.mark,
    opacity: start ? 0.45 : 1,
  })

function drawTiles(camera: Camera): string {
  const [x, y] = camera.focus
  const reach = WIDTH / camera.scale
  const dark = range(x - reach, x + reach, 1).flatMap((i) =>
    range(y - reach, y + reach, 1)
      .filter((j) => (i + j) % 2 === 0)
      .map((j) => tile(camera, i, j)),
  )
  return [
    element('rect', { x: 0, y: 0, width: WIDTH, height: HEIGHT, fill: SCENE.tileLight }),
    element('path', { d: dark.join(''), fill: SCENE.tileDark }),
    camera.still ? '' : drawStart(camera),
  ].join('\n')
}

function tile(camera: Camera, x: number, y: number): string {
  const corners = [
    [x, y],
    [x + 1, y],
    [x + 1, y + 1],
    [x, y + 1],
  ] as const
  const points = corners.map(([i, j]) => {
    const at = camera.project([i, j, 0])
    return `${short(at.x)},${short(at.y)}`
  })
  return `M${points.join(' ')}z`
}

/** The line across the way where the distance is zero. */
function drawStart(camera: Camera): string {
  const [, y] = camera.focus
  const reach = WIDTH / camera.scale
  const [a, b] = [camera.project([0, y - reach, 0]), camera.project([0, y + reach, 0])]
  return element('line', {
    x1: a.x,
    y1: a.y,
    x2: b.x,
    y2: b.y,
    stroke: SCENE.start,
    'stroke-width': 2.5,
    opacity: 0.45,
  })
}

/** Multiples of `step` from the last one before `from` to `to`. */
function range(from: number, to: number, step: number): number[] {
  const first = Math.floor(from / step)
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, i) => (first + i) * step)
}
