// What is drawn of a robot, as GET /v1/models/{name} tells it: the server has checked it.
import type { ModelDetail } from '../../api/models.ts'

export type Point = readonly [x: number, y: number, z: number]
export type Quaternion = readonly [w: number, x: number, y: number, z: number]

export interface Joint {
  readonly body: number
  readonly kind: 'free' | 'slide' | 'hinge'
  readonly position: Point
  readonly axis: Point
  /** the first of its own */
  readonly coordinate: number
  /** value at which a slide or a hinge moves nothing */
  readonly rest: number
}

/** A capsule between two points of its body, in metres. */
export interface Shape {
  readonly body: number
  readonly from: Point
  readonly to: Point
  readonly radius: number
  /** 0 is the trunk */
  readonly limb: number
  readonly depth: number
  /** behind the trunk, seen from the side */
  readonly far: boolean
}

/** What a coordinate is: an entry of the state, or something made of some (env/mujoco/body-tree.ts says what). */
export type Coordinate =
  | number
  | 'x'
  | 'y'
  | { readonly entry: number; readonly scale: number; readonly offset: number }
  | { readonly apart: readonly [number, number]; readonly beside: number }
  | { readonly bearing: number; readonly about: readonly [number, number]; readonly sense: number }

/** One that looks at a place instead of following the robot, radians. */
export interface Still {
  readonly focus: Point
  readonly azimuth: number
  readonly elevation: number
}

export interface Body {
  /** side: planar, along x and z; oblique: in space */
  readonly view: 'side' | 'oblique'
  readonly width_metres: number
  readonly step_seconds: number
  /** parents come before their children; -1 is the world */
  readonly bodies: readonly { parent: number; position: Point; rotation: Quaternion }[]
  readonly joints: readonly Joint[]
  readonly shapes: readonly Shape[]
  readonly coordinates: readonly Coordinate[]
  /** entries of the state whose integral is the way along an axis */
  readonly travel: { readonly x?: number; readonly y?: number }
  readonly camera?: Still
}

/** Undefined where the model has none. */
export const bodyOf = ({ body }: Pick<ModelDetail, 'body'>): Body | undefined =>
  (body as unknown as Body | null) ?? undefined

/** Of models that do not say how long a step is: HalfCheetah's. */
const USUAL_STEP_SECONDS = 0.05

export const stepSecondsOf = (body: Body | undefined): number => body?.step_seconds ?? USUAL_STEP_SECONDS
