// What is judged of live sessions: the last step of each row's window. Whether by a cache or by the whole window is the
// device's policy.

/** The windows of a batch one after the other; entry i of a row is a state and the action taken in it. */
export interface RewardWindows {
  /** [rows] LiveRow.id */
  ids: Float64Array
  /** [rows] entries of each window; the last is the step to judge */
  lengths: Uint32Array
  /** their sum */
  total: number
  /** [total, S] normalised */
  states: Float32Array
  /** [total, N, A] */
  actions: Float32Array
}

/** Of each row's last step. */
export interface Judged {
  /** [rows] */
  rewards: Float32Array
  /** [rows] that the episode ends */
  probabilities: Float32Array
}

export interface WindowJudge {
  judge(windows: RewardWindows): Promise<Judged>
}
