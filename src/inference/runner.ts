// Where rollouts and live steps are computed: the executor pool in a server, a stub in benchmarks and tests.
import type { LiveRow, StepOutcome } from '../worlds/dima/serve/live-row.ts'
import type { PlanRequest, Rollout, Trajectories } from '../worlds/rollout.ts'

export interface WorkOptions {
  /** Whose work it is: owners take turns. Work without one is that of one more owner. */
  owner?: string
  /** Work that is still waiting when it aborts is dropped: DimaError `canceled`. */
  signal?: AbortSignal
  /** performance.now() after which the result is useless: DimaError `deadline_exceeded`. */
  deadline?: number
}

/** `digest` names a bundle that the runner has loaded. Both throw DimaError `overloaded` when too much is waiting. */
export interface Runner {
  rollout(
    digest: string,
    rollout: Rollout,
    options?: WorkOptions,
  ): Promise<Trajectories & { queueMs: number }>
  /** Steps of different sessions with the same digest and plan share batches. */
  step(digest: string, plan: PlanRequest, row: LiveRow, options?: WorkOptions): Promise<StepOutcome>
  /** Decodes states [count, S] (x) of starts into observations [count, N, O]. */
  observe(digest: string, states: Float32Array, options?: WorkOptions): Promise<Float32Array>
}
