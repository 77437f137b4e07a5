// Notices that something changed by looking at it again and again: works on every file system, unlike notifications.
import { setTimeout } from 'node:timers/promises'

export interface PollOptions {
  /** what is compared: cheap, and different when something changed. A look that fails counts as no change. */
  look: () => Promise<string>
  /** what it was when `changed` was last up to date */
  first: string
  everyMs: number
  /** when it fails it is called again at the next look */
  changed: () => Promise<void>
}

/** Calls `changed` after each change, never twice at once. Returns the function that ends it. */
export function poll({ look, first, everyMs, changed }: PollOptions): () => void {
  const ending = new AbortController()
  const run = async () => {
    let last = first
    while (!ending.signal.aborted) {
      await setTimeout(everyMs, undefined, { signal: ending.signal, ref: false }).catch(() => {})
      if (ending.signal.aborted) return
      // Looked at before it is used: what changes meanwhile is found the next time.
      const now = await look().catch(() => last)
      if (now !== last && (await succeeds(changed))) last = now
    }
  }
  void run()
  return () => ending.abort()
}

const succeeds = (task: () => Promise<void>): Promise<boolean> =>
  task().then(
    () => true,
    () => false,
  )
