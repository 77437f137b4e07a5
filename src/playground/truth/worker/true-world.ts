// The environment that a model has learned: the task as it is in training, put onto any of its states.
import { DimaError } from '../../../common/errors.ts'
import { writeAgentActions } from '../../../env/agent-actions.ts'
import { resolveTask } from '../../../env/make-env.ts'
import { createSimulation } from '../../../env/mujoco/simulation.ts'
import type { MujocoTask } from '../../../env/mujoco/task.ts'
import { World } from '../../../env/mujoco/world.ts'
import { poseOf } from '../../../env/robots/goal.ts'
import type { TrueStep } from '../messages.ts'

/** What a state leaves out: how far the robot has come, in metres. Nothing depends on it. */
const ORIGIN = [0, 0] as const

export class TrueWorld {
  private readonly task: MujocoTask
  private readonly world: World
  private readonly controls: Float64Array // [actuators]
  private begun = false

  private constructor(task: MujocoTask, world: World) {
    this.task = task
    this.world = world
    this.controls = new Float64Array(task.body.actuators.length)
  }

  /** @throws DimaError `unknown_task` */
  static async open(environment: string): Promise<TrueWorld> {
    const task = resolveTask(environment)
    return new TrueWorld(task, new World(task, await createSimulation(task.xml)))
  }

  /**
   * Sets the robot onto a state [S], at rest as far as the solver of contacts remembers. Where a state clips velocities
   * (Walker2d), they are what it says.
   * @throws DimaError `invalid_shape`, `not_finite`, `simulation_failed`
   */
  begin(state: readonly number[]): void {
    this.begun = false
    this.check(state)
    const { qpos, qvel } = poseOf(this.task.spec.name, this.task.goal)(state, ORIGIN)
    this.world.setState(qpos, qvel)
    this.begun = true
  }

  /**
   * One step of the environment. It goes on after its end, and past the limit of an episode.
   * @param actions [N][A]
   * @throws DimaError `no_episode`, `unknown_agent`, `invalid_shape`, `not_finite`, `simulation_failed`: then it wants a state again
   */
  step(actions: readonly (readonly number[])[]): TrueStep {
    const { agents } = this.task
    if (!this.begun) throw new DimaError('no_episode', 'the true environment has no state to step from')
    if (actions.length !== agents.length)
      throw new DimaError('invalid_shape', `actions of ${actions.length} agents, not ${agents.length}`)
    const byAgent = Object.fromEntries(agents.map(({ name }, n) => [name, actions[n]!]))
    writeAgentActions(byAgent, agents, this.controls)
    this.advance()
    const { state, reward, terminated } = this.world
    return { state: [...state], reward, terminated }
  }

  close(): void {
    this.world.close()
  }

  private advance(): void {
    try {
      this.world.step(this.controls)
    } catch (error) {
      this.begun = false
      throw error
    }
  }

  private check(state: readonly number[]): void {
    const names = this.task.spec.stateNames
    if (state.length !== names.length)
      throw new DimaError('invalid_shape', `the state has ${state.length} values, not ${names.length}`)
    const wrong = state.findIndex((value) => !Number.isFinite(value))
    if (wrong < 0) return
    throw new DimaError('not_finite', `${names[wrong]}, value ${wrong} of the state, is ${state[wrong]}`)
  }
}
