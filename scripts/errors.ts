// Writes docs/errors.md from the one table of errors.
import { writeFile } from 'node:fs/promises'
import { errorsDocument } from '../src/common/errors-document.ts'

await writeFile(new URL('../docs/errors.md', import.meta.url), errorsDocument())
