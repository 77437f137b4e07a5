// The contract of many copies of an environment that step together, local or remote: Gymnasium's vector API with
// PettingZoo's agents. E copies; an array holds one row a copy, in copy order.
import type { PerAgent } from '../parallel-env.ts'
import type { Box } from '../spaces.ts'

/**
 * What happens to a copy whose episode has ended (Gymnasium's AutoresetMode, and one more):
 * - `disabled`: it must be reset by `reset({ mask })` before the next step;
 * - `next_step`: its next step resets it and ignores its action; reward 0, not ended;
 * - `same_step`: the step that ends it returns the first observation of the next episode, `final` has the last one;
 * - `next_step_acted`: as `next_step`, and the action is applied after the reset (Isaac Gym's Bi-DexHands): the first
 *   observation of the episode already has one action in it, chosen before it began.
 */
export type AutoresetMode = 'disabled' | 'next_step' | 'same_step' | 'next_step_acted'

export interface VectorResetOptions {
  /** Copies to reset [E], nonzero for those; all without it. */
  mask?: ArrayLike<number>
  /** A number s: copy e starts its random stream afresh from s + e; or one number a copy [E]. Without: streams go on. */
  seed?: number | ArrayLike<number>
}

/** What is told besides, a column with a row for every copy, as `infos` of one environment has it. */
export interface VectorInfos {
  /** 1 where the task was done in this episode: in a step that ends one, in that one. Absent: there is nothing to be done once and for all. */
  readonly success?: Uint8Array // [E]
}

/** Rows of copies that a masked reset left alone are as they were. */
export interface VectorReset {
  observations: PerAgent<Float64Array> // agent -> [E, O]
  states: Float64Array // [E, S]
  /** Absent: nothing is told. */
  infos?: VectorInfos
}

export interface VectorStep extends VectorReset {
  rewards: PerAgent<Float64Array> // agent -> [E]
  /** The task itself ended the episode: no future reward exists. */
  terminations: Uint8Array // [E]
  /** The time limit cut the episode: the future still has value. */
  truncations: Uint8Array // [E]
  /** Under `same_step`, the last observations of the K episodes that ended in this step; absent if none did. */
  final?: FinalObservations
}

export interface FinalObservations {
  copies: Int32Array // [K], ascending
  observations: PerAgent<Float64Array> // agent -> [K, O]
  states: Float64Array // [K, S]
}

export interface VectorEnv {
  readonly numEnvs: number // E
  readonly possibleAgents: readonly string[]
  readonly stateSpace: Box // of one copy
  readonly autoreset: AutoresetMode
  /** Whether `reset` takes a mask. Some remote environments can only start all copies together. */
  readonly subsetReset: boolean

  /** Of one copy; the same object every time. An unknown agent is a DimaError `unknown_agent`. */
  observationSpace(agent: string): Box
  actionSpace(agent: string): Box

  reset(options?: VectorResetOptions): Promise<VectorReset>

  /**
   * Advances every copy by one joint action, agent -> [E, A], row by row. One call at a time.
   * DimaError: `unknown_agent`, `invalid_shape`, `not_finite` (nothing has moved), `no_episode` (a copy needs a reset;
   * nothing has moved), `simulation_failed` (names the copy; that copy needs a reset, the others have moved),
   * `environment_closed` (also when a thread that ran copies has ended by itself).
   */
  step(actions: PerAgent<ArrayLike<number>>): Promise<VectorStep>

  /** May be called twice. `reset` and `step` reject with `environment_closed` afterwards. */
  close(): Promise<void>
}
