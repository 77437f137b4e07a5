// Writes openapi/openapi.json from the routes, openapi/asyncapi.json from the messages and docs/errors.md from the table
// of errors. Needs no model and starts nothing.
import { writeFile } from 'node:fs/promises'
import { errorsDocument } from '../../src/common/errors-document.ts'
import { asyncapiDocument } from '../../src/server/asyncapi.ts'
import { openapiDocument } from '../../src/server/openapi.ts'

const folder = new URL('../../openapi/', import.meta.url)
await writeFile(new URL('openapi.json', folder), await openapiDocument())
await writeFile(new URL('asyncapi.json', folder), asyncapiDocument())
await writeFile(new URL('../../docs/errors.md', import.meta.url), errorsDocument())
