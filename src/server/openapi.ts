// The OpenAPI document as text, the same on every machine.
import { Repository } from '../registry/repository.ts'
import { buildApp } from './app.ts'

const none = () => Promise.reject(new Error('no model'))

export async function openapiDocument(): Promise<string> {
  const app = buildApp({
    repository: new Repository([]),
    runner: { rollout: none, step: none, observe: none },
    config: { BODY_LIMIT_BYTES: 1024, MAX_BATCH: 1 },
  })
  await app.ready()
  const document = app.swagger()
  await app.close()
  return `${JSON.stringify(document, null, 2)}\n`
}
