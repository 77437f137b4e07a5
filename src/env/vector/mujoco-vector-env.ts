// Copies of a MuJoCo task that step together: what goes in is checked here, a driver moves the copies.
import { DimaError } from '../../common/errors.ts'
import type { MujocoTask } from '../mujoco/task.ts'
import { TaskSpaces } from '../mujoco/task-spaces.ts'
import type { PerAgent } from '../parallel-env.ts'
import type { Box } from '../spaces.ts'
import type { Command, CopyDriver } from './copy-driver.ts'
import { copiesIn, noEpisode, simulationFailed } from './copy-errors.ts'
import { writeJointActions } from './joint-actions.ts'
import { Results } from './results.ts'
import { PHASE, type VectorArrays } from './vector-arrays.ts'
import type { AutoresetMode, VectorEnv, VectorReset, VectorResetOptions, VectorStep } from './vector-env.ts'
import { writeResets } from './write-resets.ts'

export interface Handling {
  readonly autoreset: AutoresetMode
  readonly copy: boolean
}

export class MujocoVectorEnv implements VectorEnv {
  readonly numEnvs: number
  readonly possibleAgents: readonly string[]
  readonly stateSpace: Box
  readonly autoreset: AutoresetMode
  readonly subsetReset = true

  private readonly task: MujocoTask
  private readonly arrays: VectorArrays
  private readonly driver: CopyDriver
  private readonly results: Results
  private readonly spaces: TaskSpaces
  private running = false
  private closed = false

  /** Takes over the driver: `close` closes it. */
  constructor(task: MujocoTask, arrays: VectorArrays, driver: CopyDriver, { autoreset, copy }: Handling) {
    this.task = task
    this.arrays = arrays
    this.driver = driver
    this.autoreset = autoreset
    this.numEnvs = arrays.phases.length
    this.possibleAgents = task.agents.map(({ name }) => name)
    this.results = new Results(this.possibleAgents, arrays, autoreset === 'same_step', copy)
    this.spaces = new TaskSpaces(task)
    this.stateSpace = this.spaces.state
  }

  observationSpace(agent: string): Box {
    return this.spaces.observation(agent)
  }

  actionSpace(agent: string): Box {
    return this.spaces.action(agent)
  }

  /** Without a seed ever given, copy e has the stream of seed e. */
  async reset(options: VectorResetOptions = {}): Promise<VectorReset> {
    this.assertFree()
    writeResets(this.arrays, options)
    await this.run('reset')
    return this.results.reset()
  }

  async step(actions: PerAgent<ArrayLike<number>>): Promise<VectorStep> {
    this.assertFree()
    this.assertEpisodes()
    writeJointActions(actions, this.task.agents, this.numEnvs, this.arrays.controls)
    await this.run('step')
    return this.results.step()
  }

  async close(): Promise<void> {
    this.closed = true
    await this.driver.close()
  }

  private async run(command: Command): Promise<void> {
    this.running = true
    try {
      await this.driver.run(command)
    } finally {
      this.running = false
    }
    this.assertStable()
  }

  private assertFree(): void {
    if (this.closed) throw new DimaError('environment_closed', 'the environment is closed')
    if (this.running) throw new Error('one call at a time: the last reset or step has not been answered yet')
  }

  private assertEpisodes(): void {
    const begun = this.autoreset === 'next_step' || this.autoreset === 'next_step_acted'
    const without = begun ? [PHASE.idle] : [PHASE.idle, PHASE.ended]
    const copies = copiesIn(without, this.arrays.phases)
    if (copies.length > 0) throw noEpisode(copies)
  }

  private assertStable(): void {
    const { phases } = this.arrays
    const copies = copiesIn([PHASE.failed], phases)
    for (const e of copies) phases[e] = PHASE.idle
    if (copies.length > 0) throw simulationFailed(copies)
  }
}
