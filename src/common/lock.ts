// A file that keeps a second process away from what a first one writes. It says who holds it and is renewed while they
// live; of a process that is gone, or that has not renewed it for a minute on another machine, it is taken over.
import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { DimaError } from './errors.ts'

const RENEWED_EVERY_MS = 10_000
const STALE_AFTER_MS = 60_000

interface Holder {
  /** of this lock, no other has it */
  token: string
  host: string
  pid: number
  /** ISO 8601 */
  since: string
  /** where a pid means the same process: machine, boot and pid namespace */
  place: string
  /** tells a process from a later one with its pid; '' where that is not known */
  born: string
}

export interface Lock {
  /** Aborts when somebody else has taken the lock, with the DimaError. */
  readonly lost: AbortSignal
  /** May be called twice. */
  release(): void
}

/**
 * DimaError `invalid_config` while another process holds it.
 * @param what is locked, for example `the run folder runs/x`
 * @param advice what else the caller may do
 */
export function takeLock(path: string, what: string, advice: string): Lock {
  const own = ourselves()
  // Tried twice: whoever had it may have just released it.
  if (!create(path, own) && !takeOver(path, own) && !create(path, own)) throw held(path, what, advice)
  const lost = new AbortController()
  const renewal = setInterval(() => {
    if (renew(path, own)) return
    clearInterval(renewal)
    lost.abort(held(path, what, advice))
  }, RENEWED_EVERY_MS).unref()
  const release = () => {
    clearInterval(renewal)
    process.off('exit', release)
    if (holderOf(path)?.token === own.token) rmSync(path, { force: true })
  }
  process.once('exit', release)
  return { lost: lost.signal, release }
}

const ourselves = (): Holder => ({
  token: randomUUID(),
  host: hostname(),
  pid: process.pid,
  since: new Date().toISOString(),
  place: placeOf(),
  born: birthOf(process.pid) ?? '',
})

function create(path: string, own: Holder): boolean {
  try {
    writeFileSync(path, `${JSON.stringify(own)}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** One at a time, and each looks again once it is its turn: a lock that was stale may be a new one by then. */
function takeOver(path: string, own: Holder): boolean {
  const turn = `${path}.turn`
  if (isAbandoned(turn)) rmSync(turn, { force: true })
  if (!isStale(path) || !create(turn, own)) return false
  try {
    if (!isStale(path)) return false
    renameSync(turn, path)
    return true
  } finally {
    if (holderOf(turn)?.token === own.token) rmSync(turn, { force: true })
  }
}

function isStale(path: string): boolean {
  const holder = holderOf(path)
  if (holder?.place === placeOf()) return !isAlive(holder)
  return isAbandoned(path)
}

/** Whether a lock has not been renewed for too long. */
function isAbandoned(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && Date.now() - found.mtimeMs > STALE_AFTER_MS
}

/** Whether it is still ours. A disk that is out of reach for a while changes nothing. */
function renew(path: string, own: Holder): boolean {
  const holder = holderOf(path)
  if (holder && holder.token !== own.token) return false
  const now = new Date()
  try {
    if (holder) utimesSync(path, now, now)
    else create(path, own)
  } catch {} // tried again
  return true
}

/** Undefined for a file that is gone or was just being written. */
function holderOf(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function held(path: string, what: string, advice: string): DimaError {
  const { pid, host, since } = holderOf(path) ?? {}
  const who = pid === undefined ? 'another process' : `process ${pid} on ${host}, since ${since}`
  return new DimaError('invalid_config', `${what} is in use by ${who}: ${advice}`, { field: 'lock' })
}

function isAlive({ pid, born }: Holder): boolean {
  if (born !== '') return birthOf(pid) === born
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process of this place was started, in ticks since the boot; undefined where there is none, or no /proc. */
function birthOf(pid: number): string | undefined {
  const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  const ended = fields[0] === 'Z' // nobody has asked how
  return ended ? undefined : fields[19]
}

const placeOf = (): string =>
  [
    hostname(),
    readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    readOr(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ')

function readOr(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
