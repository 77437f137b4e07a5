// Where the camera looks: at the first figure, towards the second, without shaking with the body.
import { mean } from '../common/statistics.ts'
import type { Point } from './body.ts'

/** Metres that the camera leaves the first figure for the second: it stays in the picture wherever the other goes. */
const LEAN = 1
/** Time on each side over which the camera's way is averaged. */
const SMOOTHING_SECONDS = 0.3

/** By frame, from where the trunks of the figures are. */
export function cameraPath(trunks: readonly (readonly Point[])[], stepSeconds: number): Point[] {
  const reach = Math.round(SMOOTHING_SECONDS / stepSeconds)
  const targets = trunks.map(([first, second]) => lean(first!, second ?? first!))
  return targets.map((_, i) => {
    const around = Math.min(reach, i, targets.length - 1 - i)
    return middle(targets.slice(i - around, i + around + 1))
  })
}

const lean = (first: Point, second: Point): Point =>
  point((axis) => first[axis]! + Math.min(LEAN, Math.max(-LEAN, (second[axis]! - first[axis]!) / 2)))

const middle = (points: readonly Point[]): Point => point((axis) => mean(points.map((one) => one[axis]!)))

const point = (coordinate: (axis: number) => number): Point => [coordinate(0), coordinate(1), coordinate(2)]
