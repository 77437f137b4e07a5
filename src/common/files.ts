// Files that are whole or absent: written aside, flushed, then renamed over the target. And files that grow.
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** How files end that are not whole yet. */
const ASIDE = '.tmp'

/**
 * Errors of the system name the file.
 * @param mode of the file, for example 0o600; by default what the umask leaves of 0o666
 */
export function writeFileAtomic(path: string, content: Uint8Array | string, mode = 0o666): void {
  const aside = `${path}.${process.pid}${ASIDE}`
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  try {
    writeAndFlush(aside, bytes, mode)
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw Object.assign(error as Error, { path })
  }
}

/** Files that processes killed in the middle of writing `path` have left. For whoever alone writes it: others may be at it. */
export function removeLeftovers(path: string): void {
  const folder = dirname(path)
  if (!existsSync(folder)) return
  const begins = `${basename(path)}.`
  for (const name of readdirSync(folder))
    if (name.startsWith(begins) && name.endsWith(ASIDE)) rmSync(join(folder, name), { force: true })
}

/** With the folders that it is in. Node's own `recursive` never returns where a file system makes no folders, as /proc. */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error // else somebody else was faster
  }
}

/** Errors of the system name the file. */
export function appendTo(path: string, content: Uint8Array | string): void {
  try {
    appendFileSync(path, content)
  } catch (error) {
    throw Object.assign(error as Error, { path })
  }
}

function writeAndFlush(path: string, bytes: Uint8Array, mode: number): void {
  const file = openSync(path, 'w', mode)
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
