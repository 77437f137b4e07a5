import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cancellation } from '../../src/common/errors.ts'

/** Resolves when it is, seen as work that waits sees it: by looking now and then. */
export async function aborted(signal: Cancellation): Promise<void> {
  while (!signal.aborted) await nextTurn()
}
