// Tries again what the server has no room for, or can't be asked while it is gone, and says so meanwhile.
import { type Trouble, troubleOf } from './troubles.ts'

const PAUSE_MS = 500

export interface Waiting {
  sleep(ms: number): Promise<void>
  /** hears what is waited for */
  waits(trouble: Trouble): void
  /** hears of what no waiting helps against */
  fails(trouble: Trouble): void
  /** whether anybody still wants it */
  wanted(): boolean
}

/** Returns whether it was done. */
export async function patiently(work: () => Promise<void>, waiting: Waiting): Promise<boolean> {
  for (;;) {
    try {
      await work()
      return true
    } catch (error) {
      if (!waiting.wanted()) return false
      const trouble = troubleOf(error)
      if (trouble.kind === 'final') {
        waiting.fails(trouble)
        return false
      }
      waiting.waits(trouble)
      await waiting.sleep(trouble.kind === 'busy' ? trouble.afterMs : PAUSE_MS)
      if (!waiting.wanted()) return false
    }
  }
}
