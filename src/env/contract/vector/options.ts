import type { CheckOptions } from '../check.ts'

export interface VectorCheckOptions extends CheckOptions {
  /** true: each answer may overwrite the arrays of the last one. Default false. */
  overwrites?: boolean
}
