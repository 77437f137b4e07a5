// A robot's geometry in a pose: MuJoCo's kinematics alone, no physics.

import { type Link, linksOf } from '../env/mujoco/links.ts'
import { createSimulation, type Simulation } from '../env/mujoco/simulation.ts'
import type { MujocoTask } from '../env/mujoco/task.ts'

export type Point = readonly [x: number, y: number, z: number]

/** A capsule between the centres of its round ends, in metres; a sphere has both ends in one place. */
export interface Shape extends Link {
  readonly from: Point
  readonly to: Point
  readonly radius: number
}

export interface Pose {
  readonly shapes: readonly Shape[]
  /** Origin of the trunk. */
  readonly root: Point
}

/** Shapes as MuJoCo numbers them in mjtGeom. */
const [SPHERE, CAPSULE] = [2, 3]
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
    const size = simulation.modelArray('geom_size')
    const [radius, half] = [size[3 * geom]!, size[3 * geom + 1]!]
    const type = simulation.modelArray('geom_type')[geom]!
    if (type !== SPHERE && type !== CAPSULE) throw new Error(`geom ${geom} is no sphere and no capsule`)
    const reach = type === CAPSULE ? half : 0
    const axis = axisOf(simulation.dataArray('geom_xmat'), geom)
    return { ...link, radius, from: along(centre, axis, -reach), to: along(centre, axis, reach) }
  }
}

const pointAt = (values: ArrayLike<number>, i: number): Point => [
  values[3 * i]!,
  values[3 * i + 1]!,
  values[3 * i + 2]!,
]

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
