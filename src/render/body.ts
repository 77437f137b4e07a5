// A robot's geometry in a pose: MuJoCo's kinematics alone, no physics.

import { type Link, linksOf } from '../env/mujoco/links.ts'
import { createSimulation, type Simulation } from '../env/mujoco/simulation.ts'
import type { MujocoTask } from '../env/mujoco/task.ts'

export type Point = readonly [x: number, y: number, z: number]

/**
 * A capsule between the centres of its round ends, in metres; a sphere has both ends in one place. What has flat sides has
 * corners instead, around its middle, which is both ends.
 */
export interface Shape extends Link {
  readonly from: Point
  readonly to: Point
  readonly radius: number
  readonly corners?: readonly Point[]
}

export interface Pose {
  readonly shapes: readonly Shape[]
  /** Origin of the trunk. */
  readonly root: Point
}

/** Shapes as MuJoCo numbers them in mjtGeom. */
const [SPHERE, CAPSULE, CYLINDER, BOX] = [2, 3, 5, 6]
/** Corners of a circle. */
const ROUND = 16
/** The first body after the world. */
const TRUNK = 1

export class Body {
  private readonly simulation: Simulation
  private readonly links: ReadonlyMap<number, Link>

  static async create({ body, xml }: MujocoTask): Promise<Body> {
    return new Body(await createSimulation(xml), body.view.kind === 'side')
  }

  private constructor(simulation: Simulation, planar: boolean) {
    this.simulation = simulation
    this.links = linksOf(simulation, planar)
  }

  /** Quaternions need not be of length 1: imagined ones are not. */
  pose(qpos: ArrayLike<number>): Pose {
    const { simulation } = this
    simulation.qpos.set(qpos)
    simulation.normaliseQuaternions()
    simulation.kinematics()
    return {
      shapes: [...this.links].map(([geom, link]) => this.shape(geom, link)),
      root: pointAt(simulation.dataArray('xpos'), TRUNK),
    }
  }

  close(): void {
    this.simulation.close()
  }

  private shape(geom: number, link: Link): Shape {
    const { simulation } = this
    const centre = pointAt(simulation.dataArray('geom_xpos'), geom)
    const size = pointAt(simulation.modelArray('geom_size'), geom)
    const [radius, half] = size
    const type = simulation.modelArray('geom_type')[geom]!
    const turn = simulation.dataArray('geom_xmat')
    if (type === CYLINDER || type === BOX) {
      const corners = (type === BOX ? boxOf(size) : cylinderOf(radius, half)).map((corner) =>
        moved(corner, centre, turn, geom),
      )
      return { ...link, radius: 0, from: centre, to: centre, corners }
    }
    if (type !== SPHERE && type !== CAPSULE) throw new Error(`geom ${geom} has a shape that can't be drawn`)
    const reach = type === CAPSULE ? half : 0
    const axis = axisOf(turn, geom)
    return { ...link, radius, from: along(centre, axis, -reach), to: along(centre, axis, reach) }
  }
}

const pointAt = (values: ArrayLike<number>, i: number): Point => [
  values[3 * i]!,
  values[3 * i + 1]!,
  values[3 * i + 2]!,
]

const ENDS = [-1, 1]

/** Corners in its own axes, from half its lengths. */
const boxOf = ([x, y, z]: Point): Point[] =>
  ENDS.flatMap((i) => ENDS.flatMap((j) => ENDS.map((k): Point => [i * x, j * y, k * z])))

const cylinderOf = (radius: number, half: number): Point[] =>
  ENDS.flatMap((end) =>
    Array.from({ length: ROUND }, (_, i): Point => {
      const angle = (2 * Math.PI * i) / ROUND
      return [radius * Math.cos(angle), radius * Math.sin(angle), end * half]
    }),
  )

/** From the axes of a geom to those of the world. */
function moved([x, y, z]: Point, centre: Point, turn: ArrayLike<number>, geom: number): Point {
  const along = (row: number) => {
    const at = 9 * geom + 3 * row
    return centre[row]! + turn[at]! * x + turn[at + 1]! * y + turn[at + 2]! * z
  }
  return [along(0), along(1), along(2)]
}

/** The local z axis in the world: third column of the rotation, which is stored by rows. */
const axisOf = (matrices: ArrayLike<number>, i: number): Point => [
  matrices[9 * i + 2]!,
  matrices[9 * i + 5]!,
  matrices[9 * i + 8]!,
]

const along = ([x, y, z]: Point, [dx, dy, dz]: Point, length: number): Point => [
  x + length * dx,
  y + length * dy,
  z + length * dz,
]
