// Something for one executor to compute: a batch of live rows, or a chunk of rollouts.
import type { Executor } from './executor.ts'

export interface Work {
  digest: string
  rows: number
  /** Resolves with the executor's time, undefined when it failed; whoever waits for a result has been told. */
  run: (executor: Executor) => Promise<number | undefined>
}
