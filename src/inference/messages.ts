// What the main process and an executor say to each other.
import type { ErrorCode, ErrorDetails } from '../common/errors.ts'
import type { Bundle } from '../registry/load.ts'
import type { Rollout, Trajectories } from './rollout.ts'

export type ToExecutor =
  | { type: 'load'; bundles: Bundle[] }
  | { type: 'rollout'; id: number; digest: string; rollout: Rollout }

export interface ExecutorError {
  code: ErrorCode
  message: string
  details: ErrorDetails
}

export type FromExecutor =
  | { type: 'ready' }
  | { type: 'failed'; error: ExecutorError }
  | { type: 'done'; id: number; trajectories: Trajectories }
  | { type: 'error'; id: number; error: ExecutorError }
