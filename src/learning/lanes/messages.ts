// What a run and the threads that it trains on say to each other.
import type { ErrorCode, ErrorDetails } from '../../common/errors.ts'
import type { LaneCall } from './host.ts'

export interface ToLane {
  id: number
  method: LaneCall
  args: unknown[]
}

/** An error without a code is a fault of this program. */
export interface LaneError {
  code?: ErrorCode
  message: string
  details?: ErrorDetails
}

export type FromLane = { id: number; answer: unknown } | { id: number; error: LaneError }
