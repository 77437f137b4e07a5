// Caches of live sessions, so that a step costs one step. They may be lost: what a session remembers is enough to make them again.
import { bufferOf, type Cached, emptyCache } from './cache.ts'

/** For the caches of one model in one executor: some hundred sessions of preset small. */
const BYTES = 128 * 1024 * 1024
/** Sessions that end don't say so. One that comes back later has its steps replayed. */
const IDLE_MS = 15_000

export class LiveCaches {
  private readonly most: number
  /** Least recently used first. */
  private readonly kept = new Map<number, { cached: Cached; used: number }>()

  constructor(bytes = BYTES) {
    this.most = bytes
  }

  /** Of a session, whatever history it is of. @param id LiveRow.id */
  of(id: number): Cached {
    const cached = this.kept.get(id)?.cached ?? emptyCache()
    this.kept.delete(id)
    this.kept.set(id, { cached, used: performance.now() })
    return cached
  }

  /** Lets go of what is idle, and of what there is no room for but the latest. */
  forget(): void {
    const since = performance.now() - IDLE_MS
    let bytes = this.bytes()
    for (const [id, { used }] of this.kept) {
      if ((bytes <= this.most || this.kept.size === 1) && used > since) break
      this.kept.delete(id)
      if (bytes > this.most) bytes = this.bytes()
    }
  }

  /** Rows that stand side by side share memory, which the last of them keeps. */
  private bytes(): number {
    const buffers = new Set([...this.kept.values()].map(({ cached }) => bufferOf(cached)))
    return [...buffers].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0)
  }
}
