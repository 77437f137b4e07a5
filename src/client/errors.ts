// How a call fails: the server says why, or there is no server to say anything.
import type { Problem } from '../api/problem.ts'

/** The server refused: `problem.code` is stable, `problem.errors` name the fields. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** No answer: the connection was lost, and whether the request was carried out is not known. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  /** why the socket closed, 1006 when nobody said; or an HTTP status */
  readonly code: number

  constructor(message: string, code = 1006) {
    super(message)
    this.code = code
  }
}
