// A run that a scheduler has started a second time waits for the first: a node that it has lost sight of may well go on.
import { setTimeout as after } from 'node:timers/promises'
import { DimaError } from '../common/errors.ts'
import type { Lock } from '../common/lock.ts'
import type { Reporter } from './progress.ts'
import type { RunFolder } from './run-folder.ts'

const ASKED_EVERY_MS = 500

/** Says once whom it waits for. Undefined where `signal` ended the wait. */
export async function lockWhenFree(
  folder: RunFolder,
  { note }: Pick<Reporter, 'note'>,
  signal: AbortSignal,
): Promise<Lock | undefined> {
  for (let said = false; ; said = true) {
    try {
      return folder.lock()
    } catch (error) {
      if (!(error instanceof DimaError) || error.details.field !== 'lock') throw error
      if (!said) note(`waiting: ${error.message}`)
    }
    const woken = after(ASKED_EVERY_MS, false, { signal }).catch(() => true)
    if (await woken) return undefined
  }
}
