// What the models folder looks like from outside: cheap to read, and different whenever something was published,
// removed or labelled. Publishing is an atomic rename, so a half-written bundle is never seen.
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Names, times and sizes of versions, manifests and labels. Throws when the folder itself can't be read. */
export async function modelsSignature(modelsDirectory: string): Promise<string> {
  const models = await visible(modelsDirectory)
  const parts = await Promise.all(models.map((name) => modelSignature(join(modelsDirectory, name))))
  return models.map((name, i) => `${name}: ${parts[i]}`).join('\n')
}

async function modelSignature(model: string): Promise<string> {
  const entries = await visible(model).catch(() => [])
  const parts = entries.map(async (entry) => {
    const path = join(model, entry)
    // A folder's own time changes with the names in it.
    return `${entry} ${await stamp(path)} ${await stamp(join(path, 'manifest.json'))}`
  })
  return (await Promise.all(parts)).join(', ')
}

const visible = async (directory: string): Promise<string[]> =>
  (await readdir(directory)).filter((name) => !name.startsWith('.')).sort()

async function stamp(path: string): Promise<string> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined)
  return found ? `${found.mtimeNs}/${found.size}/${found.ino}` : '-'
}
