// What the models folder looks like from outside: cheap to read, and different whenever something was published,
// removed or labelled. Publishing is an atomic rename, so a half-written bundle is never seen.
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { MOST } from './limits.ts'

/** Names, times and sizes of versions, manifests and labels. Throws when the folder itself can't be read. */
export async function modelsSignature(modelsDirectory: string): Promise<string> {
  const parts: string[] = []
  // One after the other: a folder may hold thousands, and a look must not take every thread that reads files.
  for (const name of await visible(modelsDirectory))
    parts.push(`${name}: ${await modelSignature(join(modelsDirectory, name))}`)
  return parts.join('\n')
}

async function modelSignature(model: string): Promise<string> {
  const parts: string[] = []
  for (const entry of await visible(model).catch(() => [])) {
    const path = join(model, entry)
    // A folder's own time changes with the names in it.
    parts.push(`${entry} ${await stamp(path)} ${await stamp(join(path, 'manifest.json'))}`)
  }
  return parts.join(', ')
}

/** No more than the repository would read. */
async function visible(directory: string): Promise<string[]> {
  const found: string[] = []
  for await (const { name } of await opendir(directory)) {
    if (!name.startsWith('.')) found.push(name)
    if (found.length > MOST.folderEntries) break
  }
  return found.sort()
}

async function stamp(path: string): Promise<string> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined)
  return found ? `${found.mtimeNs}/${found.size}/${found.ino}` : '-'
}
