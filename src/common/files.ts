// Files that are whole or absent: written aside, flushed, then renamed over the target.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'

export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  const aside = `${path}.${process.pid}.tmp`
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const file = openSync(aside, 'w')
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(aside, path)
}
