// models/<name>/label-history.json: the versions that each label pointed to before, so that it can go back. labels.json
// stays what it is, for readers that know nothing of this file.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { replaceFlushed } from './durable.ts'
import { LABEL, type Labels, readLabelFile } from './labels.ts'
import { MOST } from './limits.ts'

export const HISTORY_FILE = 'label-history.json'
/** Versions kept of a label, which bounds the file. */
export const MOST_REMEMBERED = 16

/** Versions that each label pointed to, oldest first. */
const History = Type.Record(Type.String({ pattern: LABEL.source }), Type.Array(Type.String()), {
  additionalProperties: false,
})
export type History = Static<typeof History>

export const readHistory = (modelsDirectory: string, name: string): Promise<History> =>
  readLabelFile(modelsDirectory, name, HISTORY_FILE, History, 'an object of label: [version, ...]')

/** A model whose labels never moved has no such file. */
export async function writeHistory(modelsDirectory: string, name: string, history: History): Promise<void> {
  const path = join(modelsDirectory, name, HISTORY_FILE)
  if (Object.keys(history).length > 0) await replaceFlushed(path, textOf(history))
  else await rm(path, { force: true })
}

/** Of very many labels the older moves are forgotten, then those that moved least recently: the file can be read again. */
function textOf(history: History): string {
  let [entries, count] = [Object.entries(history), MOST_REMEMBERED]
  for (;;) {
    const latest = entries.map(([label, versions]) => [label, versions.slice(-count)])
    const text = `${JSON.stringify(Object.fromEntries(latest))}\n`
    if (text.length <= MOST.labelsBytes) return text
    if (count > 1) count--
    else entries = entries.slice(Math.ceil(entries.length / 8))
  }
}

/**
 * What `label` pointed to before, oldest first. The history is written before a label moves forward and after it goes
 * back, so a crash in between leaves the present version at its end, which is nothing to go back to.
 */
export function earlier(history: History, labels: Labels, label: string): string[] {
  const versions = history[label] ?? []
  const end = versions.findLastIndex((version) => version !== labels[label])
  return versions.slice(0, end + 1)
}

/** Every version that a label would go back to first. */
export const previousVersions = (history: History, labels: Labels): Map<string, string> =>
  new Map(
    Object.keys(history).flatMap((label) => {
      const previous = earlier(history, labels, label).at(-1)
      return previous === undefined ? [] : [[label, previous] as const]
    }),
  )
