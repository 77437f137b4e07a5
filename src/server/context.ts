// What routes and operations work with.
import type { SessionStore } from '../inference/live/store/store.ts'
import type { Sessions } from '../inference/live/types.ts'
import type { Runner } from '../inference/runner.ts'
import type { Catalog } from './catalog.ts'
import type { Draining } from './draining.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { OutOfRange } from './rollout/action-range.ts'
import type { Slots } from './slots.ts'

export interface Limits {
  /** rows of a rollout */
  batch: number
  /** steps of a streamed rollout */
  streamHorizon: number
  /** what becomes of actions outside their space */
  outOfRange: OutOfRange
}

export interface ServerContext {
  catalog: Catalog
  runner: Runner
  sessions: Sessions
  /** where sessions are kept besides, so that they do not end with this server */
  store?: Pick<SessionStore, 'lostMs'> | undefined
  metrics: Metrics
  /** that executors compute on */
  device: string
  limits: Limits
  /** streamed rollouts under way */
  streams: Slots
  /** whether it is about to stop */
  draining: Draining
}
