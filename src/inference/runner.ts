// Where rollouts and live steps are computed: the executor pool in a server, a stub in benchmarks and tests.
import type { Cancellation } from '../common/errors.ts'
import type { Leanings, Seen } from '../worlds/acting.ts'
import type { LiveRow, StepOutcome } from '../worlds/live.ts'
import type { Rollout, Trajectories } from '../worlds/rollout.ts'
import type { Begun, StartWindow } from '../worlds/starts.ts'

export interface WorkOptions {
  /** Whose work it is: owners take turns. Work without one is that of one more owner. */
  owner?: string
  /** Work that is still waiting when it aborts is dropped: DimaError `canceled`. */
  signal?: Cancellation
  /** performance.now() after which the result is useless: DimaError `deadline_exceeded`. */
  deadline?: number
}

/** What a policy would do in one row, and how long it took. */
export interface Decided extends Leanings {
  queueMs: number
}

/** `digest` names a bundle that the runner has loaded. All throw DimaError `overloaded` when too much is waiting. */
export interface Runner {
  rollout(
    digest: string,
    rollout: Rollout,
    options?: WorkOptions,
  ): Promise<Trajectories & { queueMs: number }>
  /** Steps of different sessions with the same digest and choice share batches. */
  step(digest: string, choice: unknown, row: LiveRow, options?: WorkOptions): Promise<StepOutcome>
  /** What is observed in a start and carried from it, of one row. Those with the same digest and choice share batches. */
  begin(digest: string, choice: unknown, start: StartWindow, options?: WorkOptions): Promise<Begun>
  /** What the bundle's policy would do, in one row. Rows with the same digest share batches. DimaError `no_policy`. */
  act(digest: string, seen: Seen, options?: WorkOptions): Promise<Decided>
}
