// Files that are whole or absent: written aside, flushed, then renamed over the target.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  const aside = `${path}.${process.pid}.tmp`
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  try {
    writeAndFlush(aside, bytes)
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
}

function writeAndFlush(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w')
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
