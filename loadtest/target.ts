// What is loaded, as the loops see it: something with slots that takes requests and answers each.

/** How a request ended. Times are the server's own, 0 where it says none. */
export interface Answer {
  /** `ok`, the code of the server's error, or `lost` when the connection broke */
  code: string
  /** imagined joint steps that came of it */
  steps: number
  queueMs: number
  computeMs: number
  /** from the request to the start of the reply */
  totalMs: number
  /** a refusal that says when to try again */
  retryAfter?: boolean
}

export interface Target {
  /** callers, sessions or vectors of sessions: what has one request under way in a closed loop */
  readonly slots: number
  /** Sends a request of a slot; `done` is called once, never before `send` returns. Never throws. */
  send(slot: number, done: (answer: Answer) => void): void
  close(): Promise<void>
}

export const failed = (code: string, retryAfter = false): Answer => ({
  code,
  steps: 0,
  queueMs: 0,
  computeMs: 0,
  totalMs: 0,
  retryAfter,
})
