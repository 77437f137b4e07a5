// One copy of a bridged environment, as PettingZoo's parallel API has it: after an end nobody acts until `reset`.
//
// Servers that reset by themselves are made to look so without losing an episode:
// - `same_step`: the next episode has begun with the answer that ended the last one. Its first observations are kept and
//   given out by `reset()`; only `reset({ seed })` starts another.
// - `next_step`, `next_step_acted`: it has not begun, and `reset` takes the place of the automatic one. Under
//   `next_step_acted` nothing is lost either: the server acts before its first observation in its own way.
import { DimaError } from '../../common/errors.ts'
import type { AnyParallelEnv, PerAgent, ResetOptions, ResetResult, StepResult } from '../parallel-env.ts'
import type { Box } from '../spaces.ts'
import type { TaskSpec } from '../task-spec.ts'
import type { BridgeReset, BridgeStep } from './answers.ts'
import { type BridgeOptions, BridgeVectorEnv } from './bridge-vector-env.ts'
import { infosOf } from './infos.ts'

/** Connects to a server and makes one copy. DimaError as BridgeVectorEnv. */
export async function connectBridgeEnv(
  url: string,
  options: Omit<BridgeOptions, 'numEnvs' | 'copy'> = {},
): Promise<BridgeEnv> {
  return new BridgeEnv(await BridgeVectorEnv.connect(url, { ...options, numEnvs: 1, copy: true }))
}

const NO_AGENTS: readonly string[] = []

export class BridgeEnv implements AnyParallelEnv {
  readonly spec: TaskSpec
  readonly deterministic: boolean
  readonly possibleAgents: readonly string[]
  readonly stateSpace: Box
  agents = NO_AGENTS

  private readonly copy: BridgeVectorEnv
  private lastState: Float64Array | undefined // [S]
  /** The beginning of the next episode, which runs already. */
  private begun: BridgeReset | undefined
  private closed = false

  /** Takes over an environment of one copy: `close` closes it. */
  constructor(copy: BridgeVectorEnv) {
    this.copy = copy
    this.spec = copy.spec
    this.deterministic = copy.deterministic
    this.possibleAgents = copy.possibleAgents
    this.stateSpace = copy.stateSpace
  }

  observationSpace(agent: string): Box {
    return this.copy.observationSpace(agent)
  }

  actionSpace(agent: string): Box {
    return this.copy.actionSpace(agent)
  }

  async reset({ seed }: ResetOptions = {}): Promise<ResetResult> {
    this.assertOpen()
    this.agents = NO_AGENTS
    const begun = seed === undefined ? this.begun : undefined
    this.begun = undefined
    const start = begun ?? (await this.copy.reset(seed === undefined ? {} : { seed }))
    this.lastState = start.states
    this.agents = this.possibleAgents
    return { observations: start.observations, infos: infosOf(start.info, this.possibleAgents) }
  }

  async step(actions: PerAgent<ArrayLike<number>>): Promise<StepResult> {
    this.assertOpen()
    if (this.agents.length === 0)
      throw new DimaError('no_episode', 'no episode is running: call reset() before step()')
    const step = await this.advance(actions)
    const [terminated, truncated] = [step.terminations[0] === 1, step.truncations[0] === 1]
    if (terminated || truncated) this.agents = NO_AGENTS
    this.begun = step.final && step
    const { observations, states } = step.final ?? step
    this.lastState = states
    return {
      observations,
      rewards: this.perAgent((agent) => step.rewards[agent]![0]!),
      terminations: this.perAgent(() => terminated),
      truncations: this.perAgent(() => truncated),
      infos: infosOf(step.info, this.possibleAgents),
    }
  }

  /** State that the last answer told. DimaError `no_episode` before the first. */
  state(): Float64Array {
    this.assertOpen()
    if (!this.lastState) throw new DimaError('no_episode', 'there is no state yet: call reset()')
    return this.lastState.slice()
  }

  async close(): Promise<void> {
    this.closed = true
    this.agents = NO_AGENTS
    this.begun = undefined
    await this.copy.close()
  }

  /** What the other side fails at ends the episode; actions that are refused here leave it as it was. */
  private async advance(actions: PerAgent<ArrayLike<number>>): Promise<BridgeStep> {
    try {
      return await this.copy.step(actions)
    } catch (error) {
      if (error instanceof DimaError && error.code.startsWith('bridge_')) this.agents = NO_AGENTS
      throw error
    }
  }

  private perAgent<T>(value: (agent: string) => T): PerAgent<T> {
    return Object.fromEntries(this.possibleAgents.map((agent) => [agent, value(agent)]))
  }

  private assertOpen(): void {
    if (this.closed) throw new DimaError('environment_closed', 'the environment is closed')
  }
}
