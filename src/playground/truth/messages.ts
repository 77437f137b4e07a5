// What the page and the worker with the true environment say to each other. N agents, A numbers of an action, S of a state.

export interface TrueStep {
  /** [S], raw, as on the wire */
  state: number[]
  /** one for all agents */
  reward: number
  terminated: boolean
}

export type Ask =
  | { open: string }
  | { begin: readonly number[] } // [S]
  | { step: readonly (readonly number[])[] } // [N][A]

/** In the order of the asks. */
export type Answer = { answer: TrueStep | null } | { wrong: string }
