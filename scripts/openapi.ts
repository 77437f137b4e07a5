// Writes openapi/openapi.json from the routes and openapi/asyncapi.json from the messages. Needs no model and starts
// nothing.
import { writeFile } from 'node:fs/promises'
import { asyncapiDocument } from '../src/server/asyncapi.ts'
import { openapiDocument } from '../src/server/openapi.ts'

const folder = new URL('../openapi/', import.meta.url)
await writeFile(new URL('openapi.json', folder), await openapiDocument())
await writeFile(new URL('asyncapi.json', folder), asyncapiDocument())
