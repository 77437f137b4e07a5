// A rollout that is computed in pieces, and put together again when the last has come.
import type { Rollout, Trajectories } from '../../worlds/rollout.ts'
import { joinRows, splitRows } from '../../worlds/rows.ts'
import type { Waiting } from './waiting.ts'

export interface Piece {
  /** place in the result */
  index: number
  rollout: Rollout
  retried: boolean
}

export interface Job extends Waiting {
  /** jobs of the same kind may share an execution */
  kind: string
  /** not started yet */
  left: Piece[]
  parts: Trajectories[]
  missing: number
  started: number | undefined
  failed: boolean
  resolve: (result: Trajectories & { queueMs: number }) => void
}

export interface Started extends Piece {
  job: Job
}

/** What a new job knows of its pieces. */
export function cut(rollout: Rollout, size: number) {
  const left = splitRows(rollout, size).map((part, index) => ({ index, rollout: part, retried: false }))
  const arrived = performance.now()
  return { left, parts: [], missing: left.length, arrived, started: undefined, failed: false }
}

/** Its last piece resolves the job. */
export function arrive({ job, index }: Started, part: Trajectories): void {
  job.parts[index] = part
  if (--job.missing > 0 || job.failed) return
  const computeMs = performance.now() - job.started!
  job.resolve({ ...joinRows(job.parts), queueMs: job.started! - job.arrived, computeMs })
}

/** A unit is a row for one step. */
export const unitsOf = ({ batch, horizon }: Rollout): number => batch * horizon
