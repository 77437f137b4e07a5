// An operation is what a route and a message of the socket have in common: checked fields in, a reply out.
import type { Cancellation } from '../../common/errors.ts'
import type { Bundle } from '../../registry/load.ts'
import type { ServerContext } from '../context.ts'

export interface Caller {
  /** id of the key that asks; sessions belong to it */
  owner: string
  /** aborts when the caller has gone or has canceled */
  signal: Cancellation
  /** performance.now() at which the request arrived: deadlines and total_ms count from here */
  received: number
  /** told as soon as the model of the request is known, for its log line and its metrics */
  found?: (bundle: Bundle) => void
  /** takes imagined steps, of which some are paid, from the caller's allowance, or gives back. Absent: no limit */
  charge?: (steps: number, paid: number) => void
  /** for replies that come in parts; resolves when there is room for the next one */
  emit?: (event: object) => Promise<void>
}

/**
 * @param fields the request's fields as decoded and not yet checked: JSON's nested arrays, or a WireTensor where
 *   msgpack had one
 * @returns the reply's fields; arrays of numbers are WireTensors, which the encoder writes as its format wants
 */
export type Operation = (context: ServerContext, fields: unknown, caller: Caller) => Promise<object>
