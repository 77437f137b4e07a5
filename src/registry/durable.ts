// Writes that last through a crash and a power cut: content is flushed before its name, the name with its folder.
import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Whole or not at all: written aside under a hidden name, then renamed. */
export async function replaceFlushed(path: string, content: string): Promise<void> {
  const aside = join(dirname(path), `.writing-${randomUUID()}`)
  try {
    await writeFlushed(aside, content)
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
  await flushFolder(dirname(path))
}

export async function writeFlushed(path: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the names in a folder last, as sync does for a file's content. */
export async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
