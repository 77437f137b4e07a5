// What moves, whatever it is to do: a model in MuJoCo, what drives it, and how it is looked at.
import type { Simulation } from '../mujoco/simulation.ts'
import type { Physics } from '../mujoco/task-options.ts'

export interface Coordinate {
  readonly name: string
  readonly unit: string
}

export interface Body {
  readonly name: string
  /** What agents drive, entry by entry of the joint action; all bounded by [-1, 1], unit 1. */
  readonly actuators: readonly string[]
  /** Names and units of qpos and qvel, entry by entry; of cfrc_ext where the state has contact forces. */
  readonly coordinates: {
    readonly qpos: readonly Coordinate[]
    readonly qvel: readonly Coordinate[]
    readonly contacts?: readonly Coordinate[]
  }
  /** Of the compiled model, the world among its bodies. */
  readonly counts: { readonly bodies: number; readonly controls: number }
  /** Physics steps in one environment step, and what a physics step lasts. */
  readonly frameSkip: number
  readonly timestepSeconds: number
  /** Joint actions [actuators] that are not MuJoCo's controls as they stand. */
  readonly drive?: Drive
  /** The figures that make a picture of it. */
  readonly view: BodyView
}

export interface Drive {
  /** Sets controls and outer forces for one environment step. */
  begin(simulation: Simulation, action: Float64Array): void
  /** Adds the forces that MJCF has no words for, before each physics step: what follows from positions is up to date. */
  forces(simulation: Simulation): void
}

export interface BodyView {
  /** Planar robots are seen from the side, others obliquely from above. */
  readonly kind: 'side' | 'oblique'
  /** Metres that fit into the width of a picture. */
  readonly widthMetres: number
  /** A camera that looks at one place instead of following the body: from where, rad. */
  readonly still?: {
    readonly focus: readonly [x: number, y: number, z: number]
    readonly azimuth: number
    readonly elevation: number
  }
}

/** An actuated joint, after the tables of Gymnasium-Robotics (obsk.py), which order what k-hop sees. */
export interface Joint {
  /** The actuator that drives it. */
  readonly actuator: string
  /** Joints at the same distance are sorted by this. */
  readonly label: string
  readonly qpos: number
  readonly qvel: number
  /** Bodies whose contact forces belong to it; none unless the state has contact forces. */
  readonly bodies: readonly number[]
}

/** A body that can be split among agents in many ways: each actuator moves one joint, and the joints are a graph. */
export interface JointedBody extends Body {
  /** MJCF text. */
  xml(physics: Physics): string
  readonly joints: readonly Joint[]
  /** Sets of joints, by label, that are neighbours of each other. */
  readonly edges: readonly (readonly string[])[]
  /** What every agent sees of the root under k-hop, by index, in this order: positions, then velocities. */
  readonly root: { readonly qpos: readonly number[]; readonly qvel: readonly number[] }
  /** Actuators of each agent under the action map `by-joint`, by split. */
  readonly partitions: Readonly<Record<string, readonly (readonly string[])[]>>
}
