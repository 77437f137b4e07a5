// The contract of every multi-agent environment, true or learned: PettingZoo's parallel API
// (pettingzoo/utils/env.py) with camelCase names and typed arrays.
//
// Life of an episode: `reset` fills `agents`; `step` wants one action for each of them; when the episode ends,
// `agents` is empty and only `reset` (or `close`) may follow. Anything else throws.
//
// `ParallelEnv` runs in this process and answers at once; `AnyParallelEnv` also covers one elsewhere.
import type { Box } from './spaces.ts'

export type PerAgent<T> = Record<string, T>
export type Info = Readonly<Record<string, unknown>>

export interface ResetOptions {
  /** Starts the random stream of the episodes afresh; without it the stream goes on. */
  seed?: number
}

export interface ResetResult {
  observations: PerAgent<Float64Array> // agent -> [O]
  infos: PerAgent<Info>
}

export interface StepResult extends ResetResult {
  rewards: PerAgent<number>
  /** The task itself ended: no future reward exists. */
  terminations: PerAgent<boolean>
  /** The time limit cut the episode: the future still has value. */
  truncations: PerAgent<boolean>
}

export interface ParallelEnv {
  /** Every agent that can ever appear, in a fixed order. */
  readonly possibleAgents: readonly string[]
  /** The agents that act now: empty before the first reset and after the end of an episode. */
  readonly agents: readonly string[]
  /** Space of the global state. */
  readonly stateSpace: Box

  /** The same object every time. An unknown agent is a DimaError `unknown_agent`. */
  observationSpace(agent: string): Box
  /** The same object every time. An unknown agent is a DimaError `unknown_agent`. */
  actionSpace(agent: string): Box

  reset(options?: ResetOptions): ResetResult

  /**
   * Advances by one joint action, an array [A] for each agent in `agents`. The returned arrays are the caller's.
   * DimaError: `unknown_agent` (one missing or too many), `invalid_shape`, `not_finite`, `no_episode` (before the first
   * reset or after the end), `simulation_failed`, `environment_closed`.
   */
  step(actions: PerAgent<ArrayLike<number>>): StepResult

  /** The global state in the units of the environment, a fresh copy. */
  state(): Float64Array // [S]

  /** Frees what the environment holds; may be called twice. `reset`, `step` and `state` throw `environment_closed` afterwards. */
  close(): void
}

export type Eventually<T> = T | Promise<T>

/** `ParallelEnv` wherever it runs: `state()` is that of the last answer. */
export interface AnyParallelEnv extends Omit<ParallelEnv, 'reset' | 'step' | 'close'> {
  reset(options?: ResetOptions): Eventually<ResetResult>
  step(actions: PerAgent<ArrayLike<number>>): Eventually<StepResult>
  close(): Eventually<void>
}
