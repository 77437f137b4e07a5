// The geoms of the hands' scenes as capsules, which is all that pages draw: boxes as rows of them, cylinders with round ends.
import type { BodyTree, Point } from '../../../mujoco/body-tree.ts'
import { linksOf } from '../../../mujoco/links.ts'
import type { Simulation } from '../../../mujoco/simulation.ts'

type Shape = BodyTree['shapes'][number]
type Ends = Pick<Shape, 'from' | 'to' | 'radius'>

/** As MuJoCo numbers them in mjtGeom. */
const [SPHERE, CAPSULE, CYLINDER, BOX] = [2, 3, 5, 6]
const MOST_IN_A_ROW = 24
/** Of a box that is thicker the top is drawn, m: it is a table, and things lie on it. */
const THICK = 0.04
const BOARD = 0.02

/** By body of the model, as numbered there. */
export function capsulesOf(simulation: Simulation): Shape[] {
  const bodies = simulation.modelArray('geom_bodyid')
  return [...linksOf(simulation, false)].flatMap(([geom, { limb, depth, far }]) =>
    endsOf(simulation, geom).map((ends) => ({ body: bodies[geom]!, ...ends, limb, depth, far })),
  )
}

function endsOf(simulation: Simulation, geom: number): Ends[] {
  const part = (name: string, size: number) => [
    ...simulation.modelArray(name).slice(size * geom, size * geom + size),
  ]
  const [size, centre] = [part('geom_size', 3) as Point, part('geom_pos', 3) as Point]
  const own = localEnds(simulation.modelArray('geom_type')[geom]!, size)
  const axes = axesOf(part('geom_quat', 4))
  const placed = (point: Point): Point =>
    centre.map((c, i) => c + point.reduce((sum, value, k) => sum + value * axes[k]![i]!, 0)) as Point
  return own.map(({ from, to, radius }) => ({ from: placed(from), to: placed(to), radius }))
}

function localEnds(type: number, size: Point): Ends[] {
  const [radius, half] = size
  if (type === BOX) return rowOf(size)
  if (type !== SPHERE && type !== CAPSULE && type !== CYLINDER)
    throw new Error(`geoms of type ${type} are not drawn`)
  const reach = type === SPHERE ? 0 : type === CAPSULE ? half : Math.max(0, half - radius)
  return [{ from: [0, 0, -reach], to: [0, 0, reach], radius }]
}

/** Along its longest side, as thick as its shortest. */
function rowOf(size: Point): Ends[] {
  if (Math.min(...size) > THICK) return boardOf(size)
  const [thin, wide, long] = [0, 1, 2].sort((a, b) => size[a]! - size[b]!) as Point
  const radius = size[thin]!
  const count = Math.min(MOST_IN_A_ROW, Math.ceil(size[wide]! / radius))
  return Array.from({ length: count }, (_, i) => {
    const across = count === 1 ? 0 : ((2 * i) / (count - 1) - 1) * (size[wide]! - radius)
    const end = (sign: number): Point => {
      const point: Point = [0, 0, 0]
      point[wide] = across
      point[long] = sign * (size[long]! - radius)
      return point
    }
    return { from: end(-1), to: end(1), radius }
  })
}

const boardOf = ([x, y, z]: Point): Ends[] =>
  rowOf([x, y, BOARD / 2]).map(({ from, to, radius }) => {
    const raised = ([a, b, c]: Point): Point => [a, b, c + z - BOARD / 2]
    return { from: raised(from), to: raised(to), radius }
  })

/** Of a frame, in the axes of its parent. */
function axesOf([w, x, y, z]: readonly number[]): [Point, Point, Point] {
  const [a, b, c, d] = [w!, x!, y!, z!]
  return [
    [1 - 2 * (c * c + d * d), 2 * (b * c + a * d), 2 * (b * d - a * c)],
    [2 * (b * c - a * d), 1 - 2 * (b * b + d * d), 2 * (c * d + a * b)],
    [2 * (b * d + a * c), 2 * (c * d - a * b), 1 - 2 * (b * b + c * c)],
  ]
}
