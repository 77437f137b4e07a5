// What is to be done with a body: where episodes begin, what there is to know of the world, what is rewarded and what
// ends an episode. A goal may keep numbers from one step to the next (`memory`); they belong to a copy, never to the goal.
import { DimaError } from '../../common/errors.ts'
import type { Rng } from '../../common/rng.ts'
import type { Simulation } from '../mujoco/simulation.ts'

export interface Goal {
  readonly stateNames: readonly string[]
  readonly stateUnits: readonly string[]
  /** What entries of the state are clipped to on both sides; absent: they have no bound. */
  readonly stateBound?: number
  /** What entries of the state are taken to vary by at least (TaskSpec). */
  readonly leastDeviation?: number
  /** Steps after which an episode is cut. */
  readonly episodeLimit: number
  /** The reward in words. */
  readonly rewardText: string
  /** Numbers it keeps from one step to the next. */
  readonly memorySize: number
  /** Whether all episodes start alike, whatever the seed. */
  readonly startsAlike?: boolean
  /** Puts the model, which is in the rest pose of its MJCF, where an episode begins. */
  reset(simulation: Simulation, rng: Rng): void
  /** Fills `memory` at a start, when everything that follows from positions and velocities is up to date. */
  begin(simulation: Simulation, memory: Float64Array): void
  /** What the step that was just made earns. `action`: as given, not clipped; `memory`: of the step before, to update. */
  reward(simulation: Simulation, action: Float64Array, memory: Float64Array): number
  /** Whether the task has come to an end, which the time limit is not. After `reward`. */
  terminated(simulation: Simulation, memory: Float64Array): boolean
  /** Whether the task was done at some time in this episode. Absent: there is nothing to be done once and for all. */
  succeeded?(memory: Float64Array): boolean
  /** Writes the global state [S] at `offset`. After `begin` or `reward`. */
  writeState(simulation: Simulation, memory: Float64Array, state: Float64Array, offset: number): void
  /**
   * MuJoCo's coordinates of a global state: what the state leaves out (how far the body has come) is taken from
   * `position`, in metres. Every coordinate is an entry of the state or of `position`. Absent where that can't be.
   */
  pose?(
    state: ArrayLike<number>,
    position: readonly [x: number, y: number],
  ): { qpos: number[]; qvel: number[] }
}

/** DimaError `invalid_request` where states do not tell a pose. @param name of the task or body */
export function poseOf(name: string, { pose }: Goal): NonNullable<Goal['pose']> {
  if (pose) return pose
  throw new DimaError('invalid_request', `a state of ${name} does not tell where its body is`, {
    field: 'task',
  })
}
