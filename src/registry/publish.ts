// Puts a new version into the models folder, all or nothing: written aside, flushed, checked by the loader, renamed.
// A crash leaves at most a hidden folder, which scans ignore.
import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import Value from 'typebox/value'
import { DimaError } from '../common/errors.ts'
import { refuse } from './files.ts'
import { LABEL, readLabels } from './labels.ts'
import { type Bundle, loadFolder } from './load.ts'
import { Manifest } from './manifest.ts'

export type BundleContent = ReadonlyMap<string, Uint8Array | string>

/**
 * Publishes `files` as the next version of `name` and returns it. `manifestFor(version)` must list exactly `files`
 * (see describeFile). Throws DimaError `invalid_bundle` if the loader would refuse the result.
 */
export async function publish(
  modelsDirectory: string,
  name: string,
  files: BundleContent,
  manifestFor: (version: string) => Manifest,
): Promise<Bundle> {
  checkNames(name, files)
  const model = join(modelsDirectory, name)
  const aside = join(model, `.publishing-${randomUUID()}`)
  await mkdir(aside, { recursive: true })
  try {
    for (const [file, content] of files) await writeFlushed(join(aside, file), content)
    return await claimVersion(model, name, aside, manifestFor)
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    throw error
  }
}

/** Points `label` of a model to a published version. Two labels set at the same moment: the last one written stays. */
export async function setLabel(
  modelsDirectory: string,
  name: string,
  label: string,
  version: string,
): Promise<void> {
  if (!LABEL.test(label))
    throw new DimaError('invalid_bundle', `${label} is not a label: letters, digits and -`)
  const model = join(modelsDirectory, name)
  const found = /^\d+$/.test(version) && (await lstat(join(model, version)).catch(() => undefined))
  if (!found) throw new DimaError('unknown_model', `${name} has no version ${version}`)
  const labels = { ...(await readLabels(modelsDirectory, name)), [label]: version }
  const aside = join(model, `.labels-${randomUUID()}`)
  await writeFlushed(aside, `${JSON.stringify(labels, null, 2)}\n`)
  await rename(aside, join(model, 'labels.json'))
  await flushFolder(model)
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
  name: string,
  aside: string,
  manifestFor: (version: string) => Manifest,
): Promise<Bundle> {
  for (;;) {
    const version = await nextVersion(model)
    await writeFlushed(join(aside, 'manifest.json'), `${JSON.stringify(manifestFor(version), null, 2)}\n`)
    const bundle = await loadFolder(aside, name, version)
    await flushFolder(aside)
    const directory = join(model, version)
    if (!(await renameUnlessTaken(aside, directory))) continue
    await flushFolder(model)
    return { ...bundle, directory }
  }
}

async function nextVersion(model: string): Promise<string> {
  const taken = (await readdir(model)).filter((entry) => /^[1-9][0-9]*$/.test(entry)).map(Number)
  return String(Math.max(0, ...taken) + 1)
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

async function writeFlushed(path: string, content: Uint8Array | string): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the names in a folder last through a power cut, as sync does for a file's content. */
async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
