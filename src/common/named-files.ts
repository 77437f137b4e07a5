// Files that a person names on a command line. `name` says in errors what the file is, as in `actions[3][1]`.
import { readFileSync } from 'node:fs'
import type { Static, TSchema } from 'typebox'
import { checkValue } from './check-value.ts'
import { DimaError } from './errors.ts'
import { writeFileAtomic } from './files.ts'

/**
 * The content of a file, checked against `schema`. DimaError `invalid_config` (can't be read), `invalid_json`, or what
 * `checkValue` throws.
 */
export const readJsonFile = <S extends TSchema>(path: string, schema: S, name: string): Static<S> =>
  checkValue(schema, parseJson(readTextFile(path, name), path, name), name)

/** DimaError `invalid_config`. */
export function readTextFile(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new DimaError('invalid_config', `${name}: the file ${path} can't be read (${code})`, {
      field: name,
    })
  }
}

/** DimaError `invalid_json`; `path` says where the text is from. */
export function parseJson(text: string, path: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = (error as Error).message
    throw new DimaError('invalid_json', `${name}: the file ${path} is not JSON: ${reason}`, { field: name })
  }
}

/** DimaError `invalid_config` if the file can't be written; there is no half file then. */
export function writeNamedFile(path: string, content: Uint8Array | string, name: string): void {
  try {
    writeFileAtomic(path, content)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new DimaError('invalid_config', `${name}: the file ${path} can't be written (${code})`, {
      field: name,
    })
  }
}
