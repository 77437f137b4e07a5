// Something that changes, and who wants to know.

export class Watched {
  private readonly watchers = new Set<() => void>()

  /** Returns what ends it. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  protected changed(): void {
    for (const watcher of this.watchers) watcher()
  }
}
