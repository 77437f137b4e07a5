// Labels set, taken away and moved back. Every change is made under the model's lock and remembered.
import { join } from 'node:path'
import { DimaError } from '../common/errors.ts'
import type { BundleKinds } from './kind.ts'
import { earlier, type History, MOST_REMEMBERED, readHistory, writeHistory } from './label-history.ts'
import { LABEL, type Labels, readLabels, writeLabels } from './labels.ts'
import { loadBundle } from './load.ts'
import { withLock } from './lock.ts'
import { checkModel, checkVersion } from './named-version.ts'

/** The versions that a label moves from and to; undefined where it points nowhere. */
export interface LabelMove {
  from: string | undefined
  to: string | undefined
}

/**
 * Points `label` of a model to a published version that a server would load.
 * @param expected what it points to as far as the caller knows; DimaError `label_conflict` when that has changed
 */
export async function setLabel(
  modelsDirectory: string,
  kinds: BundleKinds,
  name: string,
  label: string,
  version: string,
  expected?: { from: string | undefined },
): Promise<LabelMove> {
  checkLabel(label)
  await checkVersion(modelsDirectory, name, version)
  return inside(modelsDirectory, name, async ({ labels, history }) => {
    if (expected && labels[label] !== expected.from) throw movedMeanwhile(name, label, labels[label])
    await loadBundle(modelsDirectory, kinds, name, version) // under the lock, so that it is not deleted meanwhile
    if (labels[label] !== version) await writeHistory(modelsDirectory, name, remember(history, labels, label))
    await writeLabels(modelsDirectory, name, { ...labels, [label]: version })
    return { from: labels[label], to: version }
  })
}

/** Takes a label away. `rollBackLabel` brings it back. */
export function removeLabel(modelsDirectory: string, name: string, label: string): Promise<LabelMove> {
  return inside(modelsDirectory, name, async ({ labels, history }) => {
    const { [label]: from, ...others } = labels
    if (from === undefined) throw noLabel(name, label, labels)
    await writeHistory(modelsDirectory, name, remember(history, labels, label))
    await writeLabels(modelsDirectory, name, others)
    return { from, to: undefined }
  })
}

/** Points a label to what it pointed to before; once more, to what came before that. */
export function rollBackLabel(
  modelsDirectory: string,
  kinds: BundleKinds,
  name: string,
  label: string,
): Promise<LabelMove> {
  return inside(modelsDirectory, name, async ({ labels, history }) => {
    const versions = earlier(history, labels, label)
    const to = versions.pop()
    if (to === undefined) throw noLabelBefore(name, label, labels)
    await loadBundle(modelsDirectory, kinds, name, to)
    await writeLabels(modelsDirectory, name, { ...labels, [label]: to })
    await writeHistory(modelsDirectory, name, withVersions(history, label, versions))
    return { from: labels[label], to }
  })
}

interface LabelFiles {
  labels: Labels
  history: History
}

async function inside<T>(
  modelsDirectory: string,
  name: string,
  work: (files: LabelFiles) => Promise<T>,
): Promise<T> {
  await checkModel(modelsDirectory, name)
  return withLock(join(modelsDirectory, name), async () =>
    work({
      labels: await readLabels(modelsDirectory, name),
      history: await readHistory(modelsDirectory, name),
    }),
  )
}

/** The history with what the label points to now as the version to go back to. */
function remember(history: History, labels: Labels, label: string): History {
  const present = labels[label]
  const versions = earlier(history, labels, label)
  return withVersions(history, label, present === undefined ? versions : [...versions, present])
}

function withVersions(history: History, label: string, versions: readonly string[]): History {
  const { [label]: _, ...others } = history
  return versions.length === 0 ? others : { ...others, [label]: versions.slice(-MOST_REMEMBERED) }
}

function checkLabel(label: string): void {
  if (!LABEL.test(label))
    throw new DimaError(
      'invalid_config',
      `${JSON.stringify(label)} is not a label: a small letter, then small letters, digits and -`,
    )
}

const movedMeanwhile = (name: string, label: string, to = 'nothing') =>
  new DimaError('label_conflict', `${label} of ${name} was moved meanwhile: it points to ${to}`)

function noLabel(name: string, label: string, labels: Labels): DimaError {
  const there = Object.keys(labels).join(', ') || 'none'
  return new DimaError('unknown_model', `${name} has no label ${label}; it has ${there}`)
}

function noLabelBefore(name: string, label: string, labels: Labels): DimaError {
  if (labels[label] === undefined) return noLabel(name, label, labels)
  return new DimaError('unknown_model', `${label} of ${name} is at ${labels[label]} and was nowhere before`)
}
