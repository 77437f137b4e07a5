// One picture: ground, one figure or two over each other, and what there is to say.
import type { BodyView } from '../env/robots/body.ts'
import { type Camera, cameraAt, HEIGHT, WIDTH } from './camera.ts'
import { drawCaption } from './caption.ts'
import { drawFigure, drawGhost, drawShadow, drawTrail } from './figure.ts'
import type { FigureInFrame, Frame } from './frame.ts'
import { drawGround } from './ground.ts'
import { SCENE } from './palette.ts'
import { element } from './svg.ts'

/** `width` in pixels; the height follows. */
export function frameSvg(frame: Frame, view: BodyView, width = WIDTH): string {
  const camera = cameraAt(view, frame.focus)
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height: Math.round((width * HEIGHT) / WIDTH),
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      'font-family': 'system-ui, sans-serif',
      'font-size': 12,
    },
    [
      element('rect', { width: WIDTH, height: HEIGHT, fill: SCENE.sky }),
      drawGround(camera),
      ...frame.figures.map((figure, i) => drawUnder(figure, camera, i > 0)),
      ...frame.figures.map(({ pose }, i) => (i > 0 ? drawGhost : drawFigure)(pose, camera)),
      drawCaption(frame, camera.still),
    ].join('\n'),
  )}\n`
}

/** What lies on the ground under a robot that moves on it in two directions. */
function drawUnder({ pose, trail }: FigureInFrame, camera: Camera, ghost: boolean): string {
  if (camera.kind === 'side') return ''
  return (camera.still ? '' : drawTrail(trail, camera, ghost)) + drawShadow(pose, camera)
}
