// What moves the copies of a vector environment: this thread or others. All read and write the same arrays.
import type { Eventually } from '../parallel-env.ts'

export type Command = 'reset' | 'step'

export interface CopyDriver {
  /** Resets the copies of the mask, or steps all. One call at a time. */
  run(command: Command): Eventually<void>
  /** Ends a running call with `environment_closed`. */
  close(): Eventually<void>
}
