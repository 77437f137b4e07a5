// A robot as a tree of bodies, joints and capsules in plain numbers, so that who has no MuJoCo can draw it in any state:
// forward kinematics as MuJoCo's documentation has it (mujoco.readthedocs.io, "Kinematic tree").
import { poseOf } from '../robots/goal.ts'
import { linksOf } from './links.ts'
import type { Simulation } from './simulation.ts'
import { createSimulation } from './simulation.ts'
import type { MujocoTask } from './task.ts'

export type Point = [number, number, number]
type Quaternion = [w: number, x: number, y: number, z: number]

/**
 * What a coordinate is: an entry of the state, or the axis of the world that the state leaves out; an entry, stretched and
 * shifted; how far two points of the state, by their first entries, are `apart`, in a plane `beside` which the one runs; the
 * bearing of a point of the state as seen from a place on the ground, radians, counted in the `sense` of its joint.
 */
export type Placed =
  | number
  | 'x'
  | 'y'
  | { entry: number; scale: number; offset: number }
  | { apart: [number, number]; beside: number }
  | { bearing: number; about: [number, number]; sense: 1 | -1 }

export interface BodyTree {
  /** side: planar, along x and z; oblique: in space */
  view: 'side' | 'oblique'
  /** metres that fit into the width of a picture */
  widthMetres: number
  stepSeconds: number
  /** parents come before their children; -1 is the world */
  bodies: { parent: number; position: Point; rotation: Quaternion }[]
  /** in the order in which they move their body; `coordinate`: the first of its own */
  joints: {
    body: number
    kind: 'free' | 'slide' | 'hinge'
    position: Point
    axis: Point
    coordinate: number
    /** value at which a slide or a hinge moves nothing */
    rest: number
  }[]
  /** capsules between two points of their body, in metres; a sphere has both alike */
  shapes: {
    body: number
    from: Point
    to: Point
    radius: number
    limb: number
    depth: number
    far: boolean
  }[]
  coordinates: Placed[]
  /** entries of the state whose integral is the way along an axis; none where the state tells where things are */
  travel: { x?: number; y?: number }
  /** one that looks at a place instead of following the body, radians */
  camera?: { focus: Point; azimuth: number; elevation: number }
}

/** What a task may have to say itself of how it is drawn. */
export type TreeParts = Pick<BodyTree, 'bodies' | 'joints' | 'shapes' | 'coordinates' | 'travel'>

const JOINT_KINDS = ['free', 'ball', 'slide', 'hinge'] as const
/** As MuJoCo numbers them in mjtGeom. */
const [SPHERE, CAPSULE] = [2, 3]

/** Whether a state tells what is to be drawn. */
export const isDrawable = ({ goal, tree }: MujocoTask): boolean => (tree ?? goal.pose) !== undefined

/** Of a task that is drawable. */
export async function bodyTree(task: MujocoTask): Promise<BodyTree> {
  const simulation = await createSimulation(task.xml)
  try {
    const { body, spec } = task
    return {
      view: body.view.kind,
      widthMetres: body.view.widthMetres,
      stepSeconds: spec.stepSeconds,
      ...(task.tree?.(simulation) ?? partsOf(task, simulation)),
      ...(body.view.still && { camera: { ...body.view.still, focus: [...body.view.still.focus] as Point } }),
    }
  } finally {
    simulation.close()
  }
}

const partsOf = (task: MujocoTask, simulation: Simulation): TreeParts => ({
  bodies: bodiesOf(simulation),
  joints: jointsOf(simulation),
  shapes: shapesOf(simulation, task.body.view.kind === 'side'),
  ...placesOf(task),
})

const pointAt = (values: ArrayLike<number>, i: number): Point => [
  values[3 * i]!,
  values[3 * i + 1]!,
  values[3 * i + 2]!,
]

/** Without the world, which is body 0. */
function bodiesOf(simulation: Simulation): BodyTree['bodies'] {
  const [parents, positions, rotations] = ['body_parentid', 'body_pos', 'body_quat'].map((name) =>
    simulation.modelArray(name),
  )
  return Array.from({ length: parents!.length - 1 }, (_, i) => ({
    parent: parents![i + 1]! - 1,
    position: pointAt(positions!, i + 1),
    rotation: [...rotations!.slice(4 * (i + 1), 4 * (i + 2))] as Quaternion,
  }))
}

function jointsOf(simulation: Simulation): BodyTree['joints'] {
  const array = (name: string) => simulation.modelArray(name)
  const first = array('jnt_qposadr')
  return Array.from({ length: first.length }, (_, i) => {
    const kind = JOINT_KINDS[array('jnt_type')[i]!]!
    if (kind === 'ball') throw new Error('no robot here has a ball joint')
    return {
      body: array('jnt_bodyid')[i]! - 1,
      kind,
      position: pointAt(array('jnt_pos'), i),
      axis: pointAt(array('jnt_axis'), i),
      coordinate: first[i]!,
      rest: kind === 'free' ? 0 : array('qpos0')[first[i]!]!,
    }
  })
}

function shapesOf(simulation: Simulation, planar: boolean): BodyTree['shapes'] {
  const array = (name: string) => simulation.modelArray(name)
  return [...linksOf(simulation, planar)].map(([geom, { limb, depth, far }]) => {
    const type = array('geom_type')[geom]!
    if (type !== SPHERE && type !== CAPSULE) throw new Error(`geom ${geom} is no sphere and no capsule`)
    const half = type === CAPSULE ? array('geom_size')[3 * geom + 1]! : 0
    const centre = pointAt(array('geom_pos'), geom)
    const [w, x, y, z] = [...array('geom_quat').slice(4 * geom, 4 * geom + 4)] as Quaternion
    const axis: Point = [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)] // z of the geom
    const end = (reach: number) => centre.map((c, i) => c + reach * axis[i]!) as Point
    return {
      body: array('geom_bodyid')[geom]! - 1,
      from: end(-half),
      to: end(half),
      radius: array('geom_size')[3 * geom]!,
      limb,
      depth,
      far,
    }
  })
}

/** What the robot's pose makes of a state, found out with entries that tell which they are. */
function placesOf({ body, goal, spec }: MujocoTask): Pick<BodyTree, 'coordinates' | 'travel'> {
  const state = spec.stateNames.map((_, entry) => entry)
  const { qpos, qvel } = poseOf(spec.name, goal)(state, [-1, -2])
  const coordinates = qpos.map((value) => (value === -1 ? 'x' : value === -2 ? 'y' : value))
  const travel = { x: qvel[0]!, ...(coordinates.includes('y') ? { y: qvel[1]! } : {}) }
  const entries = [...coordinates.filter((place) => typeof place === 'number'), ...Object.values(travel)]
  if (!entries.every((entry) => state.includes(entry)))
    throw new Error(`${body.name}: its pose is not of entries`)
  return { coordinates, travel }
}
