// A body with its goal in MuJoCo, stepped without allocating: what one environment and many copies in a worker share.
// One model and one data can serve many copies in turn: `save` and `load` swap what the next step depends on (MuJoCo's
// state of integration, and what the goal remembers), and trajectories stay the same to the last bit.
import { DimaError } from '../../common/errors.ts'
import type { Rng } from '../../common/rng.ts'
import type { Body } from '../robots/body.ts'
import type { Goal } from '../robots/goal.ts'
import { copy, IntegrationState, integrationSizeOf } from './integration-state.ts'
import type { Simulation } from './simulation.ts'
import type { MujocoTask } from './task.ts'

/** Numbers that `World.save` writes. */
export const saveSizeOf = (body: Body, { memorySize }: Goal): number => integrationSizeOf(body) + memorySize

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
  private readonly memory: Float64Array // [memorySize]
  private readonly integration: IntegrationState

  /** Takes over the simulation: `close` closes it. */
  constructor(task: MujocoTask, simulation: Simulation) {
    this.task = task
    this.simulation = simulation
    this.state = new Float64Array(task.spec.stateNames.length)
    this.memory = new Float64Array(task.goal.memorySize)
    this.integration = new IntegrationState(simulation)
    this.saveSize = saveSizeOf(task.body, task.goal)
  }

  reset(rng: Rng): void {
    this.simulation.reset()
    this.task.goal.reset(this.simulation, rng)
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
  step(controls: Float64Array /* [actuators] */): void {
    const { simulation, memory, task } = this
    const { goal } = task
    this.advance(controls)
    if (task.contactForces) simulation.computeContactForces()
    if (task.body.drive) simulation.motion()
    this.reward = goal.reward(simulation, controls, memory)
    this.terminated = goal.terminated(simulation, memory)
    goal.writeState(simulation, memory, this.state, 0)
  }

  /** Whether the task was done at some time in this episode; undefined where that has no meaning. */
  get succeeded(): boolean | undefined {
    return this.task.goal.succeeded?.(this.memory)
  }

  /** Writes what an agent sees after the last reset or step. */
  observe(agent: number, target: Float64Array, offset: number): void {
    this.task.observer.write(agent, this.simulation, this.state, target, offset)
  }

  save(target: Float64Array, offset: number): void {
    target.set(this.memory, this.integration.save(target, offset))
  }

  /** Puts back what `save` wrote: only `step` and `save` are meaningful next. */
  load(source: Float64Array, offset: number): void {
    copy(source, this.integration.load(source, offset), this.memory)
  }

  close(): void {
    this.simulation.close()
  }

  private advance(action: Float64Array): void {
    const { simulation, task } = this
    const { drive, frameSkip } = task.body
    if (drive) {
      drive.begin(simulation, action)
      simulation.stepUnder(drive.forces, frameSkip)
    } else {
      simulation.ctrl.set(action)
      simulation.step(frameSkip)
    }
  }

  private begin(): void {
    const { simulation, memory, task } = this
    simulation.forward()
    if (task.contactForces) simulation.computeContactForces()
    task.goal.begin(simulation, memory)
    this.reward = 0
    this.terminated = false
    task.goal.writeState(simulation, memory, this.state, 0)
  }
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
