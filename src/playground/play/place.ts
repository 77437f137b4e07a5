// Where a robot is on the ground, metres.
import type { Tape } from '../tape/tape.ts'

export interface Place {
  readonly x: number
  readonly y: number
}

export const ORIGIN: Place = { x: 0, y: 0 }

/** Of the imagined one, at the end of the tape. */
export function lastPlace(tape: Tape): Place {
  const last = tape.end - 1
  return last < 0 ? ORIGIN : { x: tape.at('x', last), y: tape.at('y', last) }
}
