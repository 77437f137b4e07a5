// The OpenAPI document as text, the same on every machine.

import type { Sessions } from '../inference/live/types.ts'
import { Repository } from '../registry/repository.ts'
import { buildApp } from './app.ts'
import { staticCatalog } from './catalog.ts'

const none = () => Promise.reject(new Error('no model'))

export async function openapiDocument(): Promise<string> {
  const app = buildApp({
    catalog: staticCatalog(new Repository([]), { url: '', table: {} }),
    sessions: {} as Sessions, // no route is called
    runner: { rollout: none, step: none, begin: none, act: none },
  })
  await app.ready()
  const document = app.swagger()
  await app.close()
  return `${JSON.stringify(document, null, 2)}\n`
}
