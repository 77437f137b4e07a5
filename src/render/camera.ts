// Parallel projection: a capsule stays a thick line of its own radius, whichever way one looks.
import type { BodyView } from '../env/robots/body.ts'
import type { Point } from './body.ts'

/** Every picture is laid out in these units and scaled as a whole. */
export const WIDTH = 480
export const HEIGHT = 270

export interface Camera {
  readonly kind: BodyView['kind']
  /** Whether it looks at one place, whatever moves. */
  readonly still: boolean
  /** Units of a metre. */
  readonly scale: number
  /** The point of the ground in the middle of the picture. */
  readonly focus: Point
  /** Units of the picture; a larger `depth` is nearer to the eye. */
  project(point: Point): { x: number; y: number; depth: number }
}

/** Unit vectors of the picture in the world: to the right, up, and towards the eye. */
interface Axes {
  readonly right: Point
  readonly up: Point
  readonly eye: Point
}

/** Where the focus is in the picture, as a share of its height from above. */
const FOCUS_AT = { side: 0.8, oblique: 0.62, still: 0.55 }
const AZIMUTH = -0.38
const ELEVATION = 0.6

const axes: Record<BodyView['kind'], Axes> = {
  side: axesOf(0, 0),
  oblique: axesOf(AZIMUTH, ELEVATION),
}

/** Azimuth turns the x axis away from the picture's horizontal; elevation is how far one looks down. Radians. */
function axesOf(azimuth: number, elevation: number): Axes {
  const [c, s] = [Math.cos(azimuth), Math.sin(azimuth)]
  const [ce, se] = [Math.cos(elevation), Math.sin(elevation)]
  return { right: [c, s, 0], up: [-s * se, c * se, ce], eye: [s * ce, -c * ce, se] }
}

export function cameraAt({ kind, widthMetres, still }: BodyView, [x, y]: Point): Camera {
  const scale = WIDTH / widthMetres
  const focus: Point = still?.focus ?? [x, y, 0]
  const { right, up, eye } = still ? axesOf(still.azimuth, still.elevation) : axes[kind]
  const [middle, level] = [WIDTH / 2, HEIGHT * FOCUS_AT[still ? 'still' : kind]]
  return {
    kind,
    still: still !== undefined,
    scale,
    focus,
    project: (point) => {
      const offset: Point = [point[0] - focus[0], point[1] - focus[1], point[2] - focus[2]]
      return {
        x: middle + scale * dot(right, offset),
        y: level - scale * dot(up, offset),
        depth: dot(eye, offset),
      }
    },
  }
}

const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
