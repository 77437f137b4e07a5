// What is known of a robot, whoever drives it: physics, state, reward, endings, and the graph of its joints.
import type { Rng } from '../../common/rng.ts'
import type { Simulation } from '../mujoco/simulation.ts'
import type { Physics } from '../mujoco/task-options.ts'

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

export interface Robot {
  readonly name: string
  /** MJCF text. */
  xml(physics: Physics): string
  /** In the order of the model's controls; all bounded by [-1, 1], unit 1. */
  readonly actuators: readonly string[]
  readonly joints: readonly Joint[]
  /** Sets of joints, by label, that are neighbours of each other. */
  readonly edges: readonly (readonly string[])[]
  /** What every agent sees of the root under k-hop, by index, in this order: positions, then velocities. */
  readonly root: { readonly qpos: readonly number[]; readonly qvel: readonly number[] }
  /** Actuators of each agent under the action map `by-joint`, by split. */
  readonly partitions: Readonly<Record<string, readonly (readonly string[])[]>>
  readonly stateNames: readonly string[]
  readonly stateUnits: readonly string[]
  /** Names and units of qpos and qvel, entry by entry; of cfrc_ext where the state has contact forces. */
  readonly coordinates: {
    readonly qpos: readonly { name: string; unit: string }[]
    readonly qvel: readonly { name: string; unit: string }[]
    readonly contacts?: readonly { name: string; unit: string }[]
  }
  /** Physics steps in one environment step, and what a physics step lasts. */
  readonly frameSkip: number
  readonly timestepSeconds: number
  readonly episodeLimit: number
  /** The reward in words. */
  readonly rewardText: string
  /** Perturbs the model's rest pose at the start of an episode. */
  addResetNoise(simulation: Simulation, rng: Rng): void
  /** Writes the global state [S] at `offset`. */
  writeState(simulation: Simulation, state: Float64Array, offset: number): void
  /** How far the body has come, in metres; its rate is rewarded. Read straight after a step. */
  position(simulation: Simulation): number
  /** `velocity`: the rate of `position` over the step, m/s; `action`: all controls as given, not clipped. */
  reward(velocity: number, action: Float64Array, simulation: Simulation): number
  terminated(simulation: Simulation): boolean
  /** The figures that make a picture of it. */
  readonly view: RobotView
  /**
   * MuJoCo's coordinates of a global state: what the state leaves out (how far it has come) is taken from
   * `position`, in metres.
   */
  pose(
    state: ArrayLike<number>,
    position: readonly [x: number, y: number],
  ): { qpos: number[]; qvel: number[] }
}

export interface RobotView {
  /** Planar robots are seen from the side, others obliquely from above. */
  readonly kind: 'side' | 'oblique'
  /** Metres that fit into the width of a picture. */
  readonly widthMetres: number
}
