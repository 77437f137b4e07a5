// A MuJoCo body shared by several agents, after multiagent_mujoco: each agent drives a contiguous block of the
// actuators and sees the whole state with its own id; all get the same reward and end together.
import { DimaError } from '../common/errors.ts'
import { Rng } from '../common/rng.ts'
import { unknownAgent, writeJointAction } from './joint-action.ts'
import type { Simulation } from './mujoco.ts'
import type { MujocoTask } from './mujoco-task.ts'
import type { Info, ParallelEnv, PerAgent, ResetOptions, ResetResult, StepResult } from './parallel-env.ts'
import type { Box } from './spaces.ts'
import { standardisedObservation } from './standardised-observation.ts'
import { actionSpaces, observationSpaces, stateSpace } from './task-spaces.ts'

const NO_AGENTS: readonly string[] = []
const NO_INFO: Info = Object.freeze({})

export class MujocoEnv implements ParallelEnv {
  readonly possibleAgents: readonly string[]
  readonly stateSpace: Box
  agents = NO_AGENTS

  private readonly task: MujocoTask
  private readonly simulation: Simulation
  private readonly observationSpaces: ReadonlyMap<string, Box>
  private readonly actionSpaces: ReadonlyMap<string, Box>
  private readonly currentState: Float64Array // [S]
  private readonly jointAction: Float64Array // [N * A]
  private rng = new Rng(0, 'reset')
  private stepCount = 0

  /** Takes over the simulation: `close` closes it. */
  constructor(task: MujocoTask, simulation: Simulation) {
    const { spec } = task
    this.task = task
    this.simulation = simulation
    this.possibleAgents = spec.agents.map(({ name }) => name)
    this.stateSpace = stateSpace(spec)
    this.observationSpaces = observationSpaces(spec)
    this.actionSpaces = actionSpaces(spec)
    this.currentState = new Float64Array(spec.stateNames.length)
    this.jointAction = new Float64Array(spec.agents.length * spec.actionDimension)
  }

  observationSpace(agent: string): Box {
    return this.spaceOf(agent, this.observationSpaces)
  }

  actionSpace(agent: string): Box {
    return this.spaceOf(agent, this.actionSpaces)
  }

  /** Without a seed ever given the stream is that of seed 0. */
  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.rng = new Rng(seed, 'reset')
    this.simulation.reset()
    const { qpos, qvel } = this.simulation
    this.task.addResetNoise(qpos, qvel, this.rng)
    return this.begin()
  }

  /** Starts an episode at exactly this state, in MuJoCo's coordinates. */
  setState(qpos: ArrayLike<number>, qvel: ArrayLike<number>): ResetResult {
    this.simulation.reset()
    write('qpos', qpos, this.simulation.qpos)
    write('qvel', qvel, this.simulation.qvel)
    return this.begin()
  }

  step(actions: PerAgent<ArrayLike<number>>): StepResult {
    this.assertRunning()
    writeJointAction(actions, this.agents, this.jointAction)
    const before = this.task.position(this.simulation)
    this.advance()
    const velocity = (this.task.position(this.simulation) - before) / this.task.spec.stepSeconds
    const reward = this.task.reward(velocity, this.jointAction)
    const terminated = this.task.terminated(this.simulation)
    const truncated = !terminated && ++this.stepCount >= this.task.spec.episodeLimit
    if (terminated || truncated) this.agents = NO_AGENTS
    return {
      observations: this.observe(),
      rewards: this.forEach(reward),
      terminations: this.forEach(terminated),
      truncations: this.forEach(truncated),
      infos: this.forEach(NO_INFO),
    }
  }

  state(): Float64Array {
    this.task.writeState(this.simulation, this.currentState)
    return this.currentState.slice()
  }

  close(): void {
    this.agents = NO_AGENTS
    this.simulation.close()
  }

  /** MuJoCo clamps the controls to their range; the action itself stays as given, for the control cost. */
  private advance(): void {
    this.simulation.ctrl.set(this.jointAction)
    try {
      this.simulation.step(this.task.frameSkip)
    } catch (error) {
      this.agents = NO_AGENTS
      throw error
    }
  }

  private begin(): ResetResult {
    this.agents = NO_AGENTS
    this.simulation.forward()
    this.stepCount = 0
    this.agents = this.possibleAgents
    return { observations: this.observe(), infos: this.forEach(NO_INFO) }
  }

  private observe(): PerAgent<Float64Array> {
    this.task.writeState(this.simulation, this.currentState)
    const { possibleAgents, currentState } = this
    const observations: PerAgent<Float64Array> = {}
    for (let i = 0; i < possibleAgents.length; i++)
      observations[possibleAgents[i]!] = standardisedObservation(currentState, i, possibleAgents.length)
    return observations
  }

  private forEach<T>(value: T): PerAgent<T> {
    const values: PerAgent<T> = {}
    for (const agent of this.possibleAgents) values[agent] = value
    return values
  }

  private spaceOf(agent: string, spaces: ReadonlyMap<string, Box>): Box {
    const space = spaces.get(agent)
    if (!space) throw unknownAgent(agent, this.possibleAgents)
    return space
  }

  private assertRunning(): void {
    this.simulation.assertOpen()
    if (this.agents.length === 0) throw new Error('no episode is running: call reset() before step()')
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
