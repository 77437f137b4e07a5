// A small environment that keeps the contract, to be broken one rule at a time: two agents push a point along a line.
import { DimaError } from '../../../src/common/errors.ts'
import { Rng } from '../../../src/common/rng.ts'
import { unknownAgent, writeAgentActions } from '../../../src/env/agent-actions.ts'
import type {
  ParallelEnv,
  PerAgent,
  ResetOptions,
  ResetResult,
  StepResult,
} from '../../../src/env/parallel-env.ts'
import { type Box, box } from '../../../src/env/spaces.ts'

export const TOY_LIMIT = 6

const AGENTS = ['left', 'right']
const EDGE = 1.5
const BOUND = 4

export class ToyEnv implements ParallelEnv {
  readonly possibleAgents = AGENTS
  agents: readonly string[] = []
  stateSpace: Box = box(-BOUND, BOUND, ['position'], ['m'])
  observationSpaces: PerAgent<Box> = {
    left: box(-BOUND, BOUND, ['position', 'is_left'], ['m', '1']),
    right: box(-BOUND, BOUND, ['position', 'is_left'], ['m', '1']),
  }
  actionSpaces: PerAgent<Box> = {
    left: box(-1, 1, ['push'], ['1']),
    right: box(-1, 1, ['push', 'brake'], ['1', '1']),
  }
  position = 0
  stepCount = 0
  closed = false
  rng = new Rng(0, 'toy')
  protected readonly controls = new Float64Array(3)

  observationSpace(agent: string): Box {
    return this.spaceOf(agent, this.observationSpaces)
  }

  actionSpace(agent: string): Box {
    return this.spaceOf(agent, this.actionSpaces)
  }

  reset({ seed }: ResetOptions = {}): ResetResult {
    this.assertOpen()
    if (seed !== undefined) this.rng = new Rng(seed, 'toy')
    this.position = this.rng.uniform()
    this.stepCount = 0
    this.agents = this.possibleAgents
    return { observations: this.observe(), infos: { left: {}, right: {} } }
  }

  step(actions: PerAgent<ArrayLike<number>>): StepResult {
    this.assertOpen()
    if (this.agents.length === 0) throw new DimaError('no_episode', 'call reset first')
    this.read(actions)
    this.position += 0.4 * (this.controls[0]! + this.controls[1]! * (1 - this.controls[2]! ** 2))
    const terminated = Math.abs(this.position) > EDGE
    const truncated = ++this.stepCount >= TOY_LIMIT && !terminated
    if (terminated || truncated) this.agents = []
    return this.answer(terminated, truncated)
  }

  state(): Float64Array {
    this.assertOpen()
    return Float64Array.of(this.position)
  }

  close(): void {
    this.agents = []
    this.closed = true
  }

  read(actions: PerAgent<ArrayLike<number>>): void {
    const agents = [
      { name: 'left', controls: [0] },
      { name: 'right', controls: [1, 2] },
    ]
    writeAgentActions(actions, agents, this.controls)
  }

  observe(): PerAgent<Float64Array> {
    return { left: Float64Array.of(this.position, 1), right: Float64Array.of(this.position, 0) }
  }

  answer(terminated: boolean, truncated: boolean): StepResult {
    return {
      observations: this.observe(),
      rewards: { left: this.position, right: this.position },
      terminations: { left: terminated, right: terminated },
      truncations: { left: truncated, right: truncated },
      infos: { left: {}, right: {} },
    }
  }

  assertOpen(): void {
    if (this.closed) throw new DimaError('environment_closed', 'it is closed')
  }

  private spaceOf(agent: string, spaces: PerAgent<Box>): Box {
    const space = Object.hasOwn(spaces, agent) ? spaces[agent] : undefined
    if (!space) throw unknownAgent(agent, this.possibleAgents)
    return space
  }
}
