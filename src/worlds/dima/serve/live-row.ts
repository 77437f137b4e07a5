// One step of one live session: all that an executor needs for it, so that executors keep nothing that can't be
// rebuilt. x is the scaled state of scaling.ts. L context, N agents, A action, S state, O observation.

/** A row's state before a step, with the action to take. Plain typed arrays, never changed once made. */
export interface LiveRow {
  /** unique in the server: who steps, and whose reward cache it is; steps after a reset or a fork have another */
  id: number
  /** the random stream: seed, hash of the start (noise.ts), steps since the start */
  seed: number
  key: number
  step: number
  /** [L, S] x, oldest first; slots before the first real state are zero */
  window: Float32Array
  /** [L, N, A] the actions between those states and last the one to take; slots without one are zero */
  actions: Float32Array
  /** [h + 1, S] x of the reward window, 0 <= h < H: the states since its anchor, the current one last */
  rewardStates: Float32Array
  /** [h + 1, N, A] the actions taken in them, the one to take last */
  rewardActions: Float32Array
}

export interface StepOutcome {
  /** [S] x of the next state */
  next: Float32Array
  /** [S] the same in environment units */
  state: Float64Array
  /** [N, O] */
  observations: Float32Array
  /** team reward of the action */
  reward: number
  terminationProbability: number
  /** drawn from that probability with the row's random stream */
  terminated: boolean
  queueMs: number
  /** of the batch the step was part of */
  computeMs: number
  /** rows of that batch */
  batch: number
}
