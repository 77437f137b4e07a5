import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { OPERATION_NAMES } from '../../src/api/stream.ts'
import { asyncapi, asyncapiDocument } from '../../src/server/asyncapi.ts'
import { testApp } from './fixture.ts'

// biome-ignore lint/suspicious/noExplicitAny: JSON
const document = JSON.parse(asyncapiDocument()) as any

test('openapi/asyncapi.json is what the schemas say (npm run openapi writes it)', async () => {
  const committed = await readFile(new URL('../../openapi/asyncapi.json', import.meta.url), 'utf8')
  expect(committed).toBe(asyncapiDocument())
})

test('is served', async () => {
  const reply = await testApp().inject({ url: '/asyncapi.json' })
  expect(reply.json()).toEqual(JSON.parse(JSON.stringify(asyncapi())))
})

test('every request has a reply or an error that repeat its id', () => {
  for (const operation of OPERATION_NAMES) {
    const { action, reply } = document.operations[operation]
    expect(action).toBe('receive')
    expect(reply.messages).toEqual([
      { $ref: `#/channels/stream/messages/${operation}_reply` },
      { $ref: '#/channels/stream/messages/error' },
    ])
    for (const name of [operation, `${operation}_reply`]) {
      const { payload, correlationId } = document.components.messages[name]
      expect(payload.required).toContain('id')
      expect(correlationId).toEqual({ $ref: '#/components/correlationIds/id' })
    }
  }
})

test('every reference leads somewhere', () => {
  const references = [...asyncapiDocument().matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path]) => path!)
  expect(references.length).toBeGreaterThan(50)
  for (const path of references) {
    const found = path.split('/').reduce((inside, key) => inside?.[key], document)
    expect(found, path).toBeDefined()
  }
  expect(document.components.schemas.Problem.required).toContain('code')
})
