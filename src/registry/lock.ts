// One writer at a time in a model's folder: changes of labels and deletions wait for each other.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DimaError } from '../common/errors.ts'
import { type Lock, takeLock } from '../common/lock.ts'

/** Hidden, so that servers pass it over. */
export const LOCK_FILE = '.lock'
const POLL_MS = 20

/**
 * Runs `work` while no other process is in here.
 * @param patience milliseconds to wait for another one, which takes a few; then DimaError `invalid_config`
 */
export async function withLock<T>(model: string, work: () => Promise<T>, patience = 30_000): Promise<T> {
  const lock = await acquire(join(model, LOCK_FILE), Date.now() + patience)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

async function acquire(path: string, deadline: number): Promise<Lock> {
  for (;;) {
    try {
      return takeLock(path, 'the model', 'try again')
    } catch (error) {
      const held = error instanceof DimaError && error.details.field === 'lock'
      if (!held || Date.now() > deadline) throw error
      await sleep(POLL_MS)
    }
  }
}
