// A bundle's folder as somebody gives it: downloaded from a hub, cloned, unpacked. Its files may be links, as in the cache
// of a hub's client, and beside them may be what the manifest does not list. Only what it lists is read, and a card that was
// edited on the hub is taken as it is: everything else has to have its hash, which publishing checks.
import { readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CARD } from './card.ts'
import { contradiction, listedFiles } from './consistency.ts'
import { describeFile, readRegular, refuse } from './files.ts'
import type { BundleKinds } from './kind.ts'
import { MOST } from './limits.ts'
import { parseManifest } from './load.ts'
import type { BundleFile, Manifest } from './manifest.ts'

export interface Downloaded {
  manifest: Manifest
  /** all that it lists */
  files: ReadonlyMap<string, Uint8Array>
  /** names of what it does not list */
  others: readonly string[]
}

/** DimaError `invalid_bundle` naming the folder and the file. */
export async function readDownloaded(folder: string, kinds: BundleKinds): Promise<Downloaded> {
  const { manifest, kind } = parseManifest(
    await readGiven(folder, 'manifest.json', MOST.manifestBytes),
    folder,
    kinds,
  )
  const wrong = contradiction(manifest, kind)
  if (wrong) throw refuse(folder, `manifest.json: ${wrong}`)
  const files = new Map<string, Uint8Array>()
  for (const listed of listedFiles(manifest)) files.set(listed.file, await readListed(folder, listed))
  const described = manifest.documents.map((listed) =>
    listed.file === CARD ? describeFile(CARD, files.get(CARD)!) : listed,
  )
  const others = (await readdir(folder)).filter((name) => name !== 'manifest.json' && !files.has(name))
  return { manifest: { ...manifest, documents: described }, files, others }
}

/** How a file begins that stands for one of a large file storage. */
const POINTER = 'version https://git-lfs'

async function readListed(folder: string, { file, size }: BundleFile): Promise<Buffer> {
  const bytes = await readGiven(folder, file, file === CARD ? MOST.documentBytes : size)
  if (bytes.subarray(0, POINTER.length).toString('latin1') === POINTER)
    throw refuse(folder, `${file} is a pointer of Git LFS in place of the file: git lfs pull brings it`)
  return bytes
}

async function readGiven(folder: string, file: string, most: number): Promise<Buffer> {
  const real = await realpath(join(folder, file)).catch(() => undefined)
  if (real === undefined) throw refuse(folder, `${file} is missing`)
  return readRegular(dirname(real), folder, basename(real), most)
}
