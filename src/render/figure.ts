// One figure: capsules as thick lines with round caps, a darker edge around each, spheres as circles.
import type { Point, Pose, Shape } from './body.ts'
import { type Camera, HEIGHT, WIDTH } from './camera.ts'
import { hullOf } from './hull.ts'
import { GHOST_PAINT, paintOf, SCENE, trailColour } from './palette.ts'
import { element, short } from './svg.ts'

const EDGE = 1.5 // units of a picture, around a part
const GHOST = { inside: 0.22, edge: 0.9 }

export const drawFigure = ({ shapes }: Pose, camera: Camera): string =>
  element(
    'g',
    { class: 'figure', 'stroke-linecap': 'round' },
    groups(shapes, camera)
      .flatMap((group) => [
        ...group.map((shape) => drawShape(shape, camera, EDGE, paintOf(shape).edge)),
        ...group.map((shape) => drawShape(shape, camera, 0, paintOf(shape).fill)),
      ])
      .join('\n'),
  )

/** A figure to lay over another: one outline around all of it, and a little of its colour inside. Of several things each has its own. */
export function drawGhost({ shapes }: Pose, camera: Camera): string {
  const things = camera.still ? apart(shapes) : [shapes]
  return element(
    'g',
    { class: 'ghost', 'stroke-linecap': 'round' },
    things.map((thing, i) => drawOutlined(thing, camera, `outside-${i}`)).join('\n'),
  )
}

/** Scenery first, for the hands are before it. */
function apart(shapes: readonly Shape[]): Shape[][] {
  return [true, false].flatMap((far) => {
    const layer = shapes.filter((shape) => shape.far === far)
    return [...new Set(layer.map(({ limb }) => limb))].map((limb) =>
      layer.filter((shape) => shape.limb === limb),
    )
  })
}

/** @param mask id of what hides the outline inside */
function drawOutlined(shapes: readonly Shape[], camera: Camera, mask: string): string {
  const { fill, edge } = GHOST_PAINT
  const draw = (margin: number, colour: string) =>
    shapes.map((shape) => drawShape(shape, camera, margin, colour)).join('\n')
  const outside = element('rect', { width: WIDTH, height: HEIGHT, fill: '#ffffff' }) + draw(0, '#000000')
  return (
    element(
      'mask',
      { id: mask, maskUnits: 'userSpaceOnUse', x: 0, y: 0, width: WIDTH, height: HEIGHT },
      outside,
    ) +
    element('g', { opacity: GHOST.inside }, draw(0, fill)) +
    element('g', { opacity: GHOST.edge, mask: `url(#${mask})` }, draw(EDGE, edge))
  )
}

/** What is drawn together, from far to near. Seen from the side a limb is one piece, joined under a single edge. */
function groups(shapes: readonly Shape[], camera: Camera): Shape[][] {
  if (camera.kind === 'oblique')
    return [...shapes]
      .sort((a, b) => Number(b.far) - Number(a.far) || depthOf(a, camera) - depthOf(b, camera))
      .map((shape) => [shape])
  const layers = [...new Set(shapes.map(({ limb }) => limb))].map((limb) =>
    shapes.filter((shape) => shape.limb === limb),
  )
  const [trunk = [], ...limbs] = layers
  const [far, near] = [limbs.filter(([part]) => part!.far), limbs.filter(([part]) => !part!.far)]
  return [...far, trunk, ...near]
}

const depthOf = ({ from, to }: Shape, camera: Camera): number =>
  camera.project(from).depth + camera.project(to).depth

function drawShape(
  { from, to, radius, corners }: Shape,
  camera: Camera,
  margin: number,
  colour: string,
): string {
  if (corners) return drawHull(corners, camera, margin, colour)
  const [a, b] = [camera.project(from), camera.project(to)]
  const r = radius * camera.scale + margin
  if (from.every((value, i) => value === to[i]))
    return element('circle', { cx: a.x, cy: a.y, r, fill: colour })
  return element('line', { x1: a.x, y1: a.y, x2: b.x, y2: b.y, stroke: colour, 'stroke-width': 2 * r })
}

function drawHull(corners: readonly Point[], camera: Camera, margin: number, colour: string): string {
  const outline = hullOf(corners.map((corner) => camera.project(corner)))
  return element('polygon', {
    points: outline.map(({ x, y }) => `${short(x)},${short(y)}`).join(' '),
    fill: colour,
    stroke: margin > 0 ? colour : 'none',
    'stroke-width': 2 * margin,
    'stroke-linejoin': 'round',
  })
}

/** Under a light straight above: the parts pressed flat onto the ground. */
export function drawShadow({ shapes }: Pose, camera: Camera): string {
  const flat = shapes.map(
    ({ from, to, corners, ...rest }): Shape => ({
      ...rest,
      ...(corners ? { corners: corners.map(([x, y]): Point => [x, y, 0]) } : {}),
      from: [from[0], from[1], 0],
      to: [to[0], to[1], 0],
    }),
  )
  const parts = flat.map((shape) => drawShape(shape, camera, 0, SCENE.shadow))
  return element('g', { class: 'shadow', 'stroke-linecap': 'round', opacity: 0.16 }, parts.join('\n'))
}

/** The way of the trunk over the ground up to now. */
export function drawTrail(points: readonly Point[], camera: Camera, ghost: boolean): string {
  const way = points.map(([x, y]) => {
    const at = camera.project([x, y, 0])
    return `${short(at.x)},${short(at.y)}`
  })
  return element('polyline', {
    points: way.join(' '),
    fill: 'none',
    stroke: trailColour(ghost),
    'stroke-width': 2,
    'stroke-linejoin': 'round',
    opacity: 0.7,
  })
}
