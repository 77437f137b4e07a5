// Puts a new version into the models folder, all or nothing: written aside, flushed, checked by the loader, renamed.
// A crash leaves at most a hidden folder, which scans ignore.
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import Value from 'typebox/value'
import { lastDeleted } from './delete-version.ts'
import { flushFolder, writeFlushed } from './durable.ts'
import { refuse } from './files.ts'
import type { BundleKinds } from './kind.ts'
import { type Bundle, checkDocuments, loadFolder } from './load.ts'
import { Manifest } from './manifest.ts'

/** Looks at a bundle that is written and not published yet. */
export type Accept = (bundle: Bundle) => Promise<void>

export type BundleContent = ReadonlyMap<string, Uint8Array | string>

/**
 * Publishes `files` as the next version of `name` and returns it. `manifestFor(version)` must list exactly `files`
 * (see describeFile). Throws DimaError `invalid_bundle` if the loader would refuse the result.
 * @param accept throws what speaks against the bundle, which is then not published
 */
export async function publish(
  modelsDirectory: string,
  kinds: BundleKinds,
  name: string,
  files: BundleContent,
  manifestFor: (version: string) => Manifest,
  accept: Accept = async () => {},
): Promise<Bundle> {
  checkNames(name, files)
  const model = join(modelsDirectory, name)
  const aside = join(model, `.publishing-${randomUUID()}`)
  await mkdir(aside, { recursive: true })
  try {
    for (const [file, content] of files) await writeFlushed(join(aside, file), content)
    return await claimVersion(model, kinds, name, aside, manifestFor, accept)
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    await rmdir(model).catch(() => {}) // of a name that has nothing else
    throw error
  }
}

/** Before anything is written: a name must not lead out of the models folder. */
function checkNames(name: string, files: BundleContent): void {
  if (!Value.Check(Manifest.properties.name, name)) throw refuse(name, 'is not a model name')
  const wrong = [...files.keys()].find(
    (file) => !Value.Check(Manifest.properties.documents.items.properties.file, file),
  )
  if (wrong !== undefined) throw refuse(name, `${wrong} is not a file name for a bundle`)
}

/** Renaming onto a folder that has files fails, so of two publishers one gets the version, the other tries the next. */
async function claimVersion(
  model: string,
  kinds: BundleKinds,
  name: string,
  aside: string,
  manifestFor: (version: string) => Manifest,
  accept: Accept,
): Promise<Bundle> {
  for (;;) {
    const version = await nextVersion(model)
    await writeFlushed(join(aside, 'manifest.json'), `${JSON.stringify(manifestFor(version), null, 2)}\n`)
    const bundle = await loadFolder(aside, kinds, name, version)
    await checkDocuments(bundle)
    await accept(bundle)
    await flushFolder(aside)
    const directory = join(model, version)
    if (!(await renameUnlessTaken(aside, directory))) continue
    await flushFolder(model)
    return { ...bundle, directory }
  }
}

/** Numbers of deleted versions are not given again: whoever named one must not get another model. */
async function nextVersion(model: string): Promise<string> {
  const taken = (await readdir(model)).filter((entry) => /^[1-9][0-9]*$/.test(entry)).map(Number)
  return String(Math.max(await lastDeleted(model), ...taken) + 1)
}

async function renameUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOTEMPTY', 'EEXIST'].includes(code)) return false
    throw error
  }
}
