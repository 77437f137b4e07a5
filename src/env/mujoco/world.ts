// A robot in MuJoCo, stepped without allocating: what one environment and many copies in a worker share. One model
// and one data can serve many copies in turn: `save` and `load` swap what the next step depends on (positions,
// velocities, the solver's warm start), and trajectories stay the same to the last bit.
import { DimaError } from '../../common/errors.ts'
import type { Rng } from '../../common/rng.ts'
import type { Robot } from '../robots/robot.ts'
import type { Simulation } from './simulation.ts'
import type { MujocoTask } from './task.ts'

/** Numbers that `World.save` writes. */
export const saveSizeOf = ({ coordinates: { qpos, qvel } }: Robot): number =>
  qpos.length + 2 * qvel.length + 1

export class World {
  readonly task: MujocoTask
  readonly simulation: Simulation
  /** Numbers that `save` writes. */
  readonly saveSize: number
  /** The global state after the last reset or step [S]; overwritten by the next. */
  readonly state: Float64Array
  /** Reward of the last step. */
  reward = 0
  terminated = false
  private position = 0

  /** Takes over the simulation: `close` closes it. */
  constructor(task: MujocoTask, simulation: Simulation) {
    this.task = task
    this.simulation = simulation
    this.state = new Float64Array(task.spec.stateNames.length)
    this.saveSize = saveSizeOf(task.robot)
  }

  reset(rng: Rng): void {
    this.simulation.reset()
    this.task.robot.addResetNoise(this.simulation, rng)
    this.begin()
  }

  /** Starts at exactly this state, in MuJoCo's coordinates. */
  setState(qpos: ArrayLike<number>, qvel: ArrayLike<number>): void {
    this.simulation.reset()
    write('qpos', qpos, this.simulation.qpos)
    write('qvel', qvel, this.simulation.qvel)
    this.begin()
  }

  /**
   * Advances by one environment step and fills `state`, `reward` and `terminated`. MuJoCo clamps the controls to their
   * range; the control cost is that of the controls as given.
   */
  step(controls: Float64Array /* [actuators], model order */): void {
    const { simulation, task } = this
    const { robot } = task
    const before = this.position
    simulation.ctrl.set(controls)
    simulation.step(robot.frameSkip)
    if (task.contactForces) simulation.computeContactForces()
    this.position = robot.position(simulation)
    const velocity = (this.position - before) / task.spec.stepSeconds
    this.reward = robot.reward(velocity, controls, simulation)
    this.terminated = robot.terminated(simulation)
    robot.writeState(simulation, this.state, 0)
  }

  /** Writes what an agent sees after the last reset or step. */
  observe(agent: number, target: Float64Array, offset: number): void {
    this.task.observer.write(agent, this.simulation, this.state, target, offset)
  }

  save(target: Float64Array, offset: number): void {
    const { qpos, qvel, qaccWarmstart } = this.simulation
    target.set(qpos, offset)
    target.set(qvel, offset + qpos.length)
    target.set(qaccWarmstart, offset + qpos.length + qvel.length)
    target[offset + this.saveSize - 1] = this.position
  }

  /** Puts back what `save` wrote: only `step` and `save` are meaningful next. */
  load(source: Float64Array, offset: number): void {
    const { qpos, qvel, qaccWarmstart } = this.simulation
    copy(source, offset, qpos)
    copy(source, offset + qpos.length, qvel)
    copy(source, offset + qpos.length + qvel.length, qaccWarmstart)
    this.position = source[offset + this.saveSize - 1]!
  }

  close(): void {
    this.simulation.close()
  }

  private begin(): void {
    const { simulation, task } = this
    simulation.forward()
    if (task.contactForces) simulation.computeContactForces()
    this.position = task.robot.position(simulation)
    this.reward = 0
    this.terminated = false
    task.robot.writeState(simulation, this.state, 0)
  }
}

function copy(source: Float64Array, offset: number, target: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] = source[offset + i]!
}

function write(name: string, values: ArrayLike<number>, target: Float64Array): void {
  if (values.length !== target.length)
    throw new DimaError('invalid_shape', `${name} has ${values.length} values, not ${target.length}`, {
      field: name,
      expected: [target.length],
      given: [values.length],
    })
  target.set(values)
}
