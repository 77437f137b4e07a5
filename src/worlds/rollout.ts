// What goes into and comes out of a rollout: plain typed arrays, so that it crosses processes as it is.
// B rows, H steps, L context states, N agents, A action dimension, S state, O observation.
import type { Acting } from './acting.ts'
import type { Starts } from './starts.ts'

export interface Rollout extends Starts {
  horizon: number
  /** [B, H, N, A] */
  actions: Float32Array
  seed: number
  /** [B] in place of `seed`, where requests with seeds of their own share an execution */
  seeds?: Uint32Array
  /** Choices of the world's kind. */
  choice: unknown
  /** [B] which of several futures of its start a row is; absent: 0, the only one. */
  samples?: Int32Array
  /** Closed loop: the bundle's policy acts. */
  policy?: Acting & {
    /** For whoever trains it: actions are not kept inside their space, and what they were drawn on comes back too. */
    learning?: boolean
  }
  /** Asks for what the last states are worth to the bundle's policy. */
  valued?: boolean
  /** Asks how far the actions are from the policy's. */
  compared?: boolean
}

export interface Trajectories {
  /** [B, H, S] raw environment units; entry t is the state after action t. */
  states: Float64Array
  /** [B, H, N, O] */
  observations: Float32Array
  /** [B, H] team reward of action t. */
  rewards: Float32Array
  /** [B, H] probability that the episode ends with step t. */
  terminationProbabilities: Float32Array
  /** [B, H] 1 where the episode ended, sampled from the probability. */
  terminations: Uint8Array
  /** [B] steps up to and including the first end, H without one. */
  lengths: Int32Array
  /** [B, H, N, A] the actions taken; only with a policy, else they are those given. */
  actions?: Float32Array
  /** [B] discounted rewards that follow the last state; only where they were asked for. */
  values?: Float32Array
  /** [B, H, N] how much less likely than the policy's likeliest (departure.ts); only where they were asked for. */
  departures?: Float32Array
  /** Only of a policy that is learning. */
  drawn?: DrawnActions
  computeMs: number
}

/** What the policy's actions were drawn on, and how likely they were. */
export interface DrawnActions {
  /** [B, H, N, O] at s_t, where action t was taken; of a policy that acts on them */
  observations?: Float32Array
  /** [B, H + 1, N, F] of a policy that acts on latent states: where action t was taken, and after the last */
  latents?: Float32Array
  /** [B, H, N] log-density of an agent's whole action */
  logProbabilities: Float32Array
}
