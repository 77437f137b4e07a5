// What a pool of executors may be told.
import type { Logger } from '../../common/logger.ts'
import type { Placement } from '../../engine/device.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Kinds } from '../../worlds/world.ts'
import type { Execution } from './dispatcher.ts'
import type { EndReason, Executor } from './executor.ts'
import type { Prove } from './proof.ts'

export interface PoolObserver {
  executed?(execution: Execution): void
  restarted?(reason: EndReason): void
}

export interface PoolOptions {
  /** of world models that it can work with */
  kinds: Kinds
  bundles: readonly Bundle[]
  executors: number
  /** what executors compute on, and what suits it; default: the CPU */
  on?: Placement
  logger: Logger
  observer?: PoolObserver
  /** most live rows of one execution */
  maxBatchSize?: number
  /** how long a batch that is not full waits for rows that are expected */
  maxQueueDelayMs?: number
  /** longest expected wait of live steps, and of rollouts; more are refused */
  maxStepQueueMs?: number
  maxRolloutQueueMs?: number
  /** silence after which an executor counts as wedged, and how long it may load a model */
  executorTimeoutMs?: number
  executorLoadMs?: number
  /** for tests and benchmarks without an engine */
  start?: () => Executor
  /** what a bundle must stand before it is loaded; default: a proof in a process of its own */
  prove?: Prove
}
