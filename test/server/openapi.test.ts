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
    '/healthz/proxy',
    '/metrics',
    '/rollout',
    '/rollout/stream',
    '/v1/admin/reload',
    '/v1/models',
    '/v1/models/{name}',
    '/v1/models/{name}/pictures/{picture}',
    '/v1/plan',
    '/v1/policy/act',
    '/v1/rollout',
    '/v1/rollout/stream',
    '/v1/sessions',
    '/v1/sessions/restore',
    '/v1/sessions/step',
    '/v1/sessions/{session_id}',
    '/v1/sessions/{session_id}/fork',
    '/v1/sessions/{session_id}/reset',
    '/v1/sessions/{session_id}/snapshot',
    '/v1/sessions/{session_id}/step',
    '/v2',
    '/v2/health/live',
    '/v2/health/ready',
    '/v2/models/{name}',
    '/v2/models/{name}/infer',
    '/v2/models/{name}/ready',
    '/v2/models/{name}/versions/{version}',
    '/v2/models/{name}/versions/{version}/infer',
    '/v2/models/{name}/versions/{version}/ready',
    '/v2/repository/index',
  ])
  expect(document.components.schemas.Problem.required).toContain('code')
  expect(document.servers).toEqual([{ url: '/' }])
})
