// A version of a model in a folder of its own, whole or not at all: its files, with README.md for a card that was written
// before there was one. Then the manifest lists that in the card's place; all else stays as it is, to the byte.
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DimaError } from '../common/errors.ts'
import { CARD, OLDER_CARD } from '../registry/card.ts'
import { listedFiles } from '../registry/consistency.ts'
import { flushFolder, writeFlushed } from '../registry/durable.ts'
import { describeFile, readChecked } from '../registry/files.ts'
import type { Bundle } from '../registry/load.ts'
import { readmeOf } from './readme.ts'

type Files = Map<string, Uint8Array | string>

/** How many files; DimaError `invalid_config` where something is in the folder already, `invalid_bundle`. */
export async function writeFolder(bundle: Bundle, folder: string): Promise<number> {
  if ((await entriesOf(folder)).length > 0)
    throw new DimaError('invalid_config', `${folder} is not empty: name another folder`, { field: 'folder' })
  const files = await filesOf(bundle)
  const aside = `${resolve(folder)}.${process.pid}.tmp`
  try {
    await mkdir(aside, { recursive: true })
    for (const [file, content] of files) await writeFlushed(join(aside, file), content)
    await flushFolder(aside)
    await rename(aside, folder)
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    throw error
  }
  return files.size
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new DimaError('invalid_config', `${folder} is no folder`, { field: 'folder' })
  }
}

async function filesOf({ name, version, directory, manifest }: Bundle): Promise<Files> {
  const files: Files = new Map()
  for (const listed of listedFiles(manifest))
    files.set(listed.file, await readChecked(directory, `${name}/${version}`, listed))
  if (!files.has(OLDER_CARD)) {
    files.set('manifest.json', await readFile(join(directory, 'manifest.json')))
    return files
  }
  const readme = readmeOf(manifest, files.get(OLDER_CARD)!.toString())
  files.delete(OLDER_CARD)
  files.set(CARD, readme)
  const documents = manifest.documents.map((listed) =>
    listed.file === OLDER_CARD ? describeFile(CARD, readme) : listed,
  )
  files.set('manifest.json', `${JSON.stringify({ ...manifest, documents }, null, 2)}\n`)
  return files
}
