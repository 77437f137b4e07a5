import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openapiDocument } from '../../src/server/openapi.ts'
import { testApp } from './fixture.ts'

test('openapi/openapi.json is what the routes say (npm run openapi writes it)', async () => {
  const committed = await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')
  expect(committed).toBe(await openapiDocument())
})

test('is served, with every page and the problem schema', async () => {
  const document = (await testApp().inject({ url: '/openapi.json' })).json()
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths).sort()).toEqual([
    '/healthz',
    '/metrics',
    '/rollout',
    '/v1/models',
    '/v1/models/{name}',
    '/v1/rollout',
  ])
  expect(document.components.schemas.Problem.required).toContain('code')
  expect(document.servers).toEqual([{ url: '/' }])
})
