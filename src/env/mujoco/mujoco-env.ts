// A MuJoCo body shared by several agents, after multiagent_mujoco: each agent drives some of the actuators; all get the
// same reward and end together.
import { DimaError } from '../../common/errors.ts'
import { Rng } from '../../common/rng.ts'
import { sum } from '../../common/statistics.ts'
import { writeAgentActions } from '../agent-actions.ts'
import type { Info, ParallelEnv, PerAgent, ResetOptions, ResetResult, StepResult } from '../parallel-env.ts'
import type { Box } from '../spaces.ts'
import type { Simulation } from './simulation.ts'
import type { MujocoTask } from './task.ts'
import { TaskSpaces } from './task-spaces.ts'
import { World } from './world.ts'

const NO_AGENTS: readonly string[] = []
const NO_INFO: Info = Object.freeze({})

export class MujocoEnv implements ParallelEnv {
  readonly possibleAgents: readonly string[]
  readonly stateSpace: Box
  agents = NO_AGENTS

  private readonly world: World
  private readonly spaces: TaskSpaces
  private readonly controls: Float64Array // [actuators]
  private readonly observationSizes: readonly number[]
  private readonly observationBytes: number
  // To be spread, which is several times as fast as to build the same anew.
  private readonly all: PerAgent<boolean>
  private readonly none: PerAgent<boolean>
  private readonly noInfos: PerAgent<Info>
  private rng = new Rng(0, 'reset')
  private stepCount = 0

  /** Takes over the simulation: `close` closes it. */
  constructor(task: MujocoTask, simulation: Simulation) {
    this.world = new World(task, simulation)
    this.possibleAgents = task.agents.map(({ name }) => name)
    this.spaces = new TaskSpaces(task)
    this.stateSpace = this.spaces.state
    this.controls = new Float64Array(task.body.actuators.length)
    this.observationSizes = task.spec.agents.map(({ observationNames }) => observationNames.length)
    this.observationBytes = Float64Array.BYTES_PER_ELEMENT * sum(this.observationSizes)
    this.all = this.forEach(true)
    this.none = this.forEach(false)
    this.noInfos = this.forEach(NO_INFO)
  }

  observationSpace(agent: string): Box {
    return this.spaces.observation(agent)
  }

  actionSpace(agent: string): Box {
    return this.spaces.action(agent)
  }

  /** Without a seed ever given the stream is that of seed 0. */
  reset({ seed }: ResetOptions = {}): ResetResult {
    if (seed !== undefined) this.rng = new Rng(seed, 'reset')
    return this.begin(() => this.world.reset(this.rng))
  }

  /** Starts an episode at exactly this state, in MuJoCo's coordinates. */
  setState(qpos: ArrayLike<number>, qvel: ArrayLike<number>): ResetResult {
    return this.begin(() => this.world.setState(qpos, qvel))
  }

  step(actions: PerAgent<ArrayLike<number>>): StepResult {
    this.assertRunning()
    const { world } = this
    writeAgentActions(actions, world.task.agents, this.controls)
    this.advance()
    const { reward } = world
    const { spec, limitFails } = world.task
    const cut = !world.terminated && ++this.stepCount >= spec.episodeLimit
    const terminated = world.terminated || (cut && limitFails === true)
    const truncated = cut && !terminated
    if (terminated || cut) this.agents = NO_AGENTS
    return {
      observations: this.observe(),
      rewards: this.forEach(reward),
      terminations: { ...(terminated ? this.all : this.none) },
      truncations: { ...(truncated ? this.all : this.none) },
      infos: this.infos(),
    }
  }

  state(): Float64Array {
    this.world.simulation.assertOpen()
    return this.world.state.slice()
  }

  /** MuJoCo's coordinates now, copies. */
  coordinates(): { qpos: Float64Array; qvel: Float64Array } {
    const { qpos, qvel } = this.world.simulation
    return { qpos: qpos.slice(), qvel: qvel.slice() }
  }

  close(): void {
    this.agents = NO_AGENTS
    this.world.close()
  }

  private advance(): void {
    try {
      this.world.step(this.controls)
    } catch (error) {
      this.agents = NO_AGENTS
      throw error
    }
  }

  private begin(start: () => void): ResetResult {
    this.agents = NO_AGENTS
    start()
    this.stepCount = 0
    this.agents = this.possibleAgents
    return { observations: this.observe(), infos: this.infos() }
  }

  /** `success` where a task can be done: whether it was, in this episode. */
  private infos(): PerAgent<Info> {
    const success = this.world.succeeded
    return success === undefined ? { ...this.noInfos } : this.forEach({ success })
  }

  /** In one block of memory: to allocate one for each of six agents takes 5 % of a step. */
  private observe(): PerAgent<Float64Array> {
    const { world, observationSizes } = this
    const memory = new ArrayBuffer(this.observationBytes)
    const observations: PerAgent<Float64Array> = {}
    let offset = 0
    for (let i = 0; i < observationSizes.length; i++) {
      const observation = new Float64Array(memory, offset, observationSizes[i])
      world.observe(i, observation, 0)
      observations[this.possibleAgents[i]!] = observation
      offset += observation.byteLength
    }
    return observations
  }

  private forEach<T>(value: T): PerAgent<T> {
    const values: PerAgent<T> = {}
    for (const agent of this.possibleAgents) values[agent] = value
    return values
  }

  private assertRunning(): void {
    this.world.simulation.assertOpen()
    if (this.agents.length === 0)
      throw new DimaError('no_episode', 'no episode is running: call reset() before step()')
  }
}
