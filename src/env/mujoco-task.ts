// What the generic MuJoCo environment needs to know of a task.
import type { Rng } from '../common/rng.ts'
import type { Simulation } from './mujoco.ts'
import type { TaskSpec } from './task-spec.ts'

export interface MujocoTask {
  readonly spec: TaskSpec
  /** The physical model, MJCF. */
  readonly xml: string
  /** Physics steps in one environment step. */
  readonly frameSkip: number
  /** Perturbs the model's rest pose at the start of an episode. */
  addResetNoise(qpos: Float64Array, qvel: Float64Array, rng: Rng): void
  /** Writes the global state. */
  writeState(simulation: Simulation, state: Float64Array): void // [S]
  /** How far the body has come, in metres; its rate is rewarded. */
  position(simulation: Simulation): number
  /** `velocity`: the rate of `position` over the step, m/s; `action`: the joint action as given, not clipped. */
  reward(velocity: number, action: Float64Array): number
  terminated(simulation: Simulation): boolean
}
