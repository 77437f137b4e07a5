// How many sessions there may be, and which models they keep in use. A session that is still being made has its place
// already, so that many at once can't pass the limit together.
import { DimaError } from '../../common/errors.ts'
import type { SessionSettings } from './types.ts'

export class Places {
  private readonly settings: SessionSettings
  private taken = 0
  private readonly byOwner = new Map<string, number>()
  private readonly byDigest = new Map<string, number>()

  constructor(settings: SessionSettings) {
    this.settings = settings
  }

  /** `count` places or none. Throws DimaError `session_limit`, `sessions_full`. */
  take(owner: string, digest: string, count: number): void {
    const { capacity, capacityPerOwner } = this.settings
    const own = this.byOwner.get(owner) ?? 0
    if (own + count > capacityPerOwner)
      throw new DimaError('session_limit', `you have ${own} of ${capacityPerOwner} sessions`, {
        expected: capacityPerOwner,
        given: own + count,
      })
    if (this.taken + count > capacity)
      throw new DimaError('sessions_full', 'the server has as many sessions as it may', {
        retryAfterSeconds: 1,
      })
    this.add(owner, digest, count)
  }

  release(owner: string, digest: string): void {
    this.add(owner, digest, -1)
  }

  /** Of the models in use. */
  digests(): Set<string> {
    return new Set(this.byDigest.keys())
  }

  private add(owner: string, digest: string, count: number): void {
    this.taken += count
    addTo(this.byOwner, owner, count)
    addTo(this.byDigest, digest, count)
  }
}

/** Keys at zero are dropped: owners come and go. */
function addTo(counts: Map<string, number>, key: string, count: number): void {
  const sum = (counts.get(key) ?? 0) + count
  if (sum > 0) counts.set(key, sum)
  else counts.delete(key)
}
