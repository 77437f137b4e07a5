// Caches of live sessions, so that a step costs one step. They may be lost: what a session remembers is enough to make them again.
import type { Calls } from './calls.ts'
import { type Cached, cacheBytes, emptyCache } from './walk.ts'

/** For the caches of one model in one executor: some hundred sessions of preset small. */
const BYTES = 128 * 1024 * 1024
/** Sessions that end don't say so. One that comes back later has its steps replayed. */
const IDLE_MS = 15_000

export class LiveCaches {
  private readonly calls: Calls
  private readonly capacity: number
  /** Least recently used first. */
  private readonly kept = new Map<number, { cached: Cached; used: number }>()

  constructor(calls: Calls, bytes = BYTES) {
    this.calls = calls
    this.capacity = Math.max(1, Math.floor(bytes / cacheBytes(calls)))
  }

  /** Of a session, whatever history it is of. @param id LiveRow.id */
  of(id: number): Cached {
    const cached = this.kept.get(id)?.cached ?? emptyCache(this.calls)
    this.kept.delete(id)
    this.kept.set(id, { cached, used: performance.now() })
    return cached
  }

  /** Lets go of what is idle, and of what there is no room for. */
  forget(): void {
    const since = performance.now() - IDLE_MS
    for (const [id, { used }] of this.kept) {
      if (this.kept.size <= this.capacity && used > since) break
      this.kept.delete(id)
    }
  }
}
