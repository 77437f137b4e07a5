// One writer at a time in a model's folder: whoever creates the hidden lock file may read labels and write them back.
// A lock outlives its process when that is killed: it is taken over once its process is gone, or, where that can't be
// seen because it is another machine's, once it is much older than any such work takes.
import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DimaError } from '../common/errors.ts'

export const LOCK_FILE = '.lock'
const STALE_MS = 60_000
const POLL_MS = 20

/**
 * Runs `work` while no other process is in here.
 * @param patience milliseconds to wait for another one, which takes a few; then DimaError `label_conflict`
 */
export async function withLock<T>(model: string, work: () => Promise<T>, patience = 30_000): Promise<T> {
  const path = join(model, LOCK_FILE)
  const mine = `${process.pid} ${hostname()} ${randomUUID()}`
  await acquire(path, mine, Date.now() + patience)
  try {
    return await work()
  } finally {
    if ((await contentOf(path)) === mine) await rm(path, { force: true })
  }
}

async function acquire(path: string, mine: string, deadline: number): Promise<void> {
  while (!(await createUnlessThere(path, mine))) {
    const holder = (await contentOf(path)) ?? '' // gone again, or not readable
    if (await isStale(path, holder)) await takeAway(path, holder)
    else if (Date.now() > deadline) throw heldBy(holder)
    else await sleep(POLL_MS)
  }
}

async function createUnlessThere(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const contentOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)

async function isStale(path: string, holder: string): Promise<boolean> {
  const [pid, host] = holder.split(' ')
  if (host === hostname()) return !isAlive(Number(pid))
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
  return Date.now() - mtimeMs > STALE_MS
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // alive, and another user's
  }
}

/** Of two that find the same stale lock, the slower one may catch the faster one's new lock: that is put back. */
async function takeAway(path: string, stale: string): Promise<void> {
  const aside = `${path}-${randomUUID()}`
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  )
  if (!moved) return
  if ((await contentOf(aside)) !== stale) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

function heldBy(holder: string): DimaError {
  const [pid = '', host = '?'] = holder.split(' ')
  return new DimaError('label_conflict', `the model is being changed by process ${pid || '?'} on ${host}`)
}
