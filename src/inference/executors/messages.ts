// What the main process and an executor say to each other.
import type { ErrorCode, ErrorDetails } from '../../common/errors.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Rollout, Trajectories } from '../simulator/rollout.ts'

export type ToExecutor =
  | { type: 'load'; bundles: Bundle[] }
  | { type: 'rollout'; id: number; digest: string; rollout: Rollout }

export interface ExecutorError {
  code: ErrorCode
  message: string
  details: ErrorDetails
}

/** A bundle that the engine would not load or run, and why. */
export interface RefusedBundle {
  digest: string
  /** `name/version` */
  reference: string
  reason: string
}

export type FromExecutor =
  | { type: 'ready'; refused: RefusedBundle[] }
  | { type: 'done'; id: number; trajectories: Trajectories }
  | { type: 'error'; id: number; error: ExecutorError }
