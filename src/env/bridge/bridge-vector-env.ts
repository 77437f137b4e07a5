// Copies of an environment that run behind a bridge (docs/bridge.md), as a VectorEnv.
import { DimaError } from '../../common/errors.ts'
import { unknownAgent } from '../agent-actions.ts'
import { MEAN_OF_OWN, MEAN_OVER_AGENTS, tellOwnRewards, unequalRewards } from '../own-rewards.ts'
import type { PerAgent } from '../parallel-env.ts'
import type { Box } from '../spaces.ts'
import type { TaskSpec } from '../task-spec.ts'
import type { AutoresetMode, VectorEnv, VectorResetOptions } from '../vector/vector-env.ts'
import { AnswerReader, type BridgeReset, type BridgeStep } from './answers.ts'
import { BridgeConnection } from './connection.ts'
import { type Declaration, type DeclaredAgent, readMade } from './declaration.ts'
import { declaredState, declaredTask } from './declared-task.ts'
import { Phases } from './phases.ts'
import { checkSeed, wireActions, wireReset } from './requests.ts'
import { wholeNumber } from './write-message.ts'

export interface BridgeOptions {
  /** Environment of the server; default: the first it offers. */
  env?: string
  numEnvs: number
  /** Seed of the first reset that has none itself. */
  seed?: number
  token?: string
  /** The server's own, see there. */
  options?: Record<string, unknown>
  /** Longest silence while an answer is due, also while the environment is made. Default one minute. */
  timeoutMs?: number
  /**
   * Whether the arrays of an answer are the caller's own (default). Without, they are always the same ones, valid until
   * the next answer; `final` is the caller's own either way.
   */
  copy?: boolean
  /** Hears once if agents are paid differently: a trainer takes their mean. */
  note?: (line: string) => void
}

/**
 * Every answer is held against what the server declared. DimaError besides those of VectorEnv: `bridge_protocol` (an
 * answer that breaks the protocol), `bridge_lost` (no connection, or no longer), both for good; `bridge_refused` (the
 * server said no). Nothing connects again: the episodes are gone with the session.
 */
export class BridgeVectorEnv implements VectorEnv {
  /** Its reward is worded by what was declared, and anew once agents were paid differently. */
  spec: TaskSpec
  readonly deterministic: boolean
  readonly numEnvs: number
  readonly possibleAgents: readonly string[]
  readonly stateSpace: Box
  readonly autoreset: AutoresetMode
  readonly subsetReset: boolean

  private readonly connection: BridgeConnection
  private readonly declared: Declaration
  private readonly answers: AnswerReader
  private readonly agents: ReadonlyMap<string, DeclaredAgent>
  private readonly phases: Phases
  private readonly note: BridgeOptions['note']
  private unequal = false
  private closed = false

  /** @param url ws: or wss:; a token goes into a header. DimaError as above, and `invalid_config` for a url that is none. */
  static async connect(url: string, options: BridgeOptions): Promise<BridgeVectorEnv> {
    const { numEnvs, seed, token, options: own, timeoutMs = 60_000, copy = true } = options
    if (seed !== undefined) checkSeed('seed', seed, Number.MAX_SAFE_INTEGER - numEnvs)
    const connection = new BridgeConnection(url, { token, timeoutMs })
    try {
      const { envs } = await connection.hello
      const make = {
        env: options.env ?? envs[0] ?? '',
        num_envs: numEnvs,
        seed: seed && wholeNumber(seed),
        options: own,
      }
      return await connection.request('make', make, (made) => {
        return new BridgeVectorEnv(connection, readMade(made, numEnvs), { ...options, copy })
      })
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  private constructor(
    connection: BridgeConnection,
    declared: Declaration,
    { copy, note }: { copy: boolean } & Pick<BridgeOptions, 'note'>,
  ) {
    this.note = note
    this.connection = connection
    this.declared = declared
    this.answers = new AnswerReader(declared, copy)
    this.agents = new Map(declared.agents.map((agent) => [agent.name, agent]))
    this.phases = new Phases(declared)
    this.spec = declaredTask(declared)
    this.stateSpace = declaredState(declared)
    this.possibleAgents = [...this.agents.keys()]
    this.deterministic = declared.deterministic
    this.numEnvs = declared.numEnvs
    this.autoreset = declared.autoreset
    this.subsetReset = declared.subsetReset
  }

  observationSpace(agent: string): Box {
    return this.agentOf(agent).observation.box
  }

  actionSpace(agent: string): Box {
    return this.agentOf(agent).action.box
  }

  /** Seeds are whole numbers, those of a list below 2^32. DimaError `invalid_request`, also for a mask that can't be. */
  async reset(options: VectorResetOptions = {}): Promise<BridgeReset> {
    this.assertOpen()
    const fields = wireReset(options, this.declared)
    const mask = options.mask && Array.from(options.mask) // the caller's may change until the answer comes
    return this.connection.request('reset', fields, (answer) => {
      const reset = this.answers.reset(answer)
      this.phases.begin(mask)
      return reset
    })
  }

  /** May be called again before the answer to the last: requests are answered in order. */
  async step(actions: PerAgent<ArrayLike<number>>): Promise<BridgeStep> {
    this.assertOpen()
    this.phases.assertEpisodes()
    const fields = { actions: wireActions(actions, this.declared) }
    return this.connection.request('step', fields, (answer) => {
      const step = this.answers.step(answer, this.phases.ended)
      this.phases.note(step)
      this.noteUnequal(step)
      return step
    })
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.connection.close()
  }

  private noteUnequal({ rewards }: BridgeStep): void {
    if (this.unequal || this.declared.shared) return
    const unequal = unequalRewards(rewards)
    if (!unequal) return
    this.unequal = true
    this.spec = { ...this.spec, reward: this.spec.reward.replace(MEAN_OVER_AGENTS, MEAN_OF_OWN) }
    this.note?.(tellOwnRewards(this.spec.name, unequal))
  }

  private assertOpen(): void {
    if (this.closed) throw new DimaError('environment_closed', 'the environment is closed')
    this.connection.assertAlive()
  }

  private agentOf(name: string): DeclaredAgent {
    const agent = this.agents.get(name)
    if (!agent) throw unknownAgent(name, this.possibleAgents)
    return agent
  }
}
