// models/<name>/labels.json: which version a label such as `stable` points to.

import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { DimaError } from '../common/errors.ts'
import { parseJson } from '../common/json.ts'
import { replaceFlushed } from './durable.ts'
import { readRegular, refuse } from './files.ts'
import { MOST } from './limits.ts'

/** Begins with a letter, so that a label is never mistaken for a version. */
export const LABEL = /^[a-z][a-z0-9-]{0,62}$/
const LABELS_FILE = 'labels.json'

const Labels = Type.Record(Type.String({ pattern: LABEL.source }), Type.String(), {
  additionalProperties: false,
})
export type Labels = Static<typeof Labels>

/** Empty when the model has no labels.json; DimaError `invalid_bundle` when it has one that can't be read. */
export const readLabels = (modelsDirectory: string, name: string): Promise<Labels> =>
  readLabelFile(modelsDirectory, name, LABELS_FILE, Labels, 'an object of label: version')

/** A file beside the versions, by label: without a prototype, for `constructor` is a label too. */
export async function readLabelFile<S extends TSchema>(
  modelsDirectory: string,
  name: string,
  file: string,
  schema: S,
  expected: string,
): Promise<Static<S>> {
  const directory = join(modelsDirectory, name)
  if (!(await exists(join(directory, file)))) return Object.create(null)
  const text = (await readRegular(directory, name, file, MOST.labelsBytes)).toString('utf8')
  const value = parseJson(text) // no schema accepts undefined
  if (!Value.Check(schema, value)) throw refuse(name, `${file} is not ${expected}`)
  return Object.assign(Object.create(null), value)
}

/** DimaError `invalid_config` for more labels than would be read again. */
export async function writeLabels(modelsDirectory: string, name: string, labels: Labels): Promise<void> {
  const text = `${JSON.stringify(labels, null, 2)}\n`
  if (text.length > MOST.labelsBytes)
    throw new DimaError('invalid_config', `${name} has too many labels: take some away`)
  await replaceFlushed(join(modelsDirectory, name, LABELS_FILE), text)
}

/** True for a dangling link too: that is a broken labels.json, not a missing one. */
const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )
