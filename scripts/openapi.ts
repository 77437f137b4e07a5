// Writes openapi/openapi.json from the routes. Needs no model and starts nothing.
import { writeFile } from 'node:fs/promises'
import { openapiDocument } from '../src/server/openapi.ts'

await writeFile(new URL('../openapi/openapi.json', import.meta.url), await openapiDocument())
