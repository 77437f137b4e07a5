// Which bundle is held to be the reason when executors end: one that they loaded, or computed and nothing else.

/** So many in a row may end while they load a bundle. */
const MOST_DEATHS = 5
/** So many may be ended within a minute while they compute one bundle only. */
const MOST_WEDGES = 3
const WEDGES_WITHIN_MS = 60_000

export class Blame {
  /** by digest: since one last succeeded */
  private readonly deaths = new Map<string, number>()
  /** by digest: when */
  private readonly wedges = new Map<string, number[]>()

  loaded(digest: string): void {
    this.deaths.delete(digest)
  }

  forget(digest: string): void {
    this.deaths.delete(digest)
    this.wedges.delete(digest)
  }

  /** An executor has ended while it loaded this. Returns why it is not loaded again, if so. */
  diedLoading(digest: string): string | undefined {
    const deaths = (this.deaths.get(digest) ?? 0) + 1
    this.deaths.set(digest, deaths)
    return deaths < MOST_DEATHS ? undefined : `${deaths} executors ended while they loaded it`
  }

  /** An executor was ended while it computed this and nothing else: beside another either may be the reason. */
  wedgedComputing(digest: string, now: number): string | undefined {
    const recent = (this.wedges.get(digest) ?? []).filter((then) => now - then < WEDGES_WITHIN_MS)
    this.wedges.set(digest, [...recent, now])
    if (recent.length + 1 < MOST_WEDGES) return undefined
    return `${MOST_WEDGES} executors computed it for too long (EXECUTOR_TIMEOUT_MS)`
  }
}
