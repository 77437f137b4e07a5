// models/<name>/labels.json: which version a label such as `stable` points to.

import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { readRegular, refuse } from './files.ts'

/** Begins with a letter, so that a label is never mistaken for a version. */
export const LABEL = /^[a-z][a-z0-9-]{0,62}$/

const Labels = Type.Record(Type.String({ pattern: LABEL.source }), Type.String(), {
  additionalProperties: false,
})
export type Labels = Static<typeof Labels>

/** Empty when the model has no labels.json; DimaError `invalid_bundle` when it has one that can't be read. */
export async function readLabels(modelsDirectory: string, name: string): Promise<Labels> {
  const directory = join(modelsDirectory, name)
  if (!(await exists(join(directory, 'labels.json')))) return {}
  const text = (await readRegular(directory, name, 'labels.json')).toString('utf8')
  const labels = parse(text)
  if (!Value.Check(Labels, labels)) throw refuse(name, 'labels.json is not an object of label: version')
  return labels
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which no schema accepts, so the caller reports it
  }
}

/** True for a dangling link too: that is a broken labels.json, not a missing one. */
const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )
