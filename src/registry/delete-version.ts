// Takes a version out of the models folder: renamed away in one step, so that no server ever sees half of it, then removed.
import { randomUUID } from 'node:crypto'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DimaError } from '../common/errors.ts'
import { flushFolder, replaceFlushed } from './durable.ts'
import { type History, previousVersions, readHistory, writeHistory } from './label-history.ts'
import { type Labels, readLabels, writeLabels } from './labels.ts'
import { withLock } from './lock.ts'
import { checkVersion } from './named-version.ts'

const LAST_DELETED = '.last-deleted'
const ASIDE = '.deleted-'

/**
 * Deletes a version, whether servers take it or not. Returns the labels that are gone with it.
 * @param force also one that a label points to or would go back to; else DimaError `label_conflict`
 */
export async function deleteVersion(
  modelsDirectory: string,
  name: string,
  version: string,
  { force = false } = {},
): Promise<string[]> {
  await checkVersion(modelsDirectory, name, version)
  const model = join(modelsDirectory, name)
  const labels = await withLock(model, async () => {
    if (!force) await checkUnused(modelsDirectory, name, version)
    const lost = await forget(modelsDirectory, name, version)
    await countDeleted(model, version)
    await rename(join(model, version), join(model, `${ASIDE}${randomUUID()}`))
    await flushFolder(model)
    return lost
  })
  await sweep(model)
  return labels
}

/** Also what a process that was killed left of its deletion. */
async function sweep(model: string): Promise<void> {
  const left = (await readdir(model)).filter((entry) => entry.startsWith(ASIDE))
  for (const entry of left) await rm(join(model, entry), { recursive: true, force: true })
}

/** The highest number among deleted versions, 0 when there is none. */
export async function lastDeleted(model: string): Promise<number> {
  const text = await readFile(join(model, LAST_DELETED), 'utf8').catch(() => '')
  return numberOf(text.trim())
}

async function countDeleted(model: string, version: string): Promise<void> {
  if (numberOf(version) > (await lastDeleted(model)))
    await replaceFlushed(join(model, LAST_DELETED), `${version}\n`)
}

/** A folder of another name is none that was published. */
const numberOf = (version: string): number => (/^[1-9][0-9]{0,8}$/.test(version) ? Number(version) : 0)

async function checkUnused(modelsDirectory: string, name: string, version: string): Promise<void> {
  const labels = await readLabels(modelsDirectory, name)
  const previous = previousVersions(await readHistory(modelsDirectory, name), labels)
  const pointing = Object.keys(labels).filter((label) => labels[label] === version)
  const returning = [...previous.keys()].filter((label) => previous.get(label) === version)
  const uses = [
    ...pointing.map((label) => `${label} points to it`),
    ...returning.map((label) => `${label} would roll back to it`),
  ]
  if (uses.length === 0) return
  throw new DimaError(
    'label_conflict',
    `${name}/${version} is in use: ${uses.join(', ')}; --force deletes it`,
  )
}

/** A label to a version that is gone would be refused for ever. Unreadable label files don't keep a forced deletion up. */
async function forget(modelsDirectory: string, name: string, version: string): Promise<string[]> {
  const labels = await readLabels(modelsDirectory, name).catch((): Labels => ({}))
  const history = await readHistory(modelsDirectory, name).catch((): History => ({}))
  const [lost, kept] = partition(Object.entries(labels), ([, points]) => points === version)
  if (lost.length > 0) await writeLabels(modelsDirectory, name, Object.fromEntries(kept))
  const left = Object.entries(history).map(([label, versions]) => [
    label,
    versions.filter((v) => v !== version),
  ])
  if (Object.values(history).flat().includes(version))
    await writeHistory(modelsDirectory, name, Object.fromEntries(left))
  return lost.map(([label]) => label)
}

const partition = <T>(values: readonly T[], is: (value: T) => boolean): [T[], T[]] => [
  values.filter(is),
  values.filter((value) => !is(value)),
]
