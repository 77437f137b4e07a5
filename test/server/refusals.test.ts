// The OpenAPI document tells what each operation may refuse, by status and code: the tables are whole, and whatever an
// operation is provoked to answer is told of it.
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { expect, test } from 'vitest'
import { ERRORS } from '../../src/common/error-table.ts'
import { digestOf, keyRing } from '../../src/server/auth/keys.ts'
import { nameOf, OWN } from '../../src/server/plugins/refusals.ts'
import { problemOf } from './fixture.ts'
import { created, liveApp } from './live-app.ts'

interface Operation {
  operationId: string
  responses: Record<string, { description: string; content?: object }>
}
interface Place {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  operation: Operation
}

async function placesOf(app: FastifyInstance): Promise<Place[]> {
  const { paths } = (await app.inject({ url: '/openapi.json' })).json()
  return Object.entries<Record<string, Operation>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase() as Place['method'],
      path,
      operation,
    })),
  )
}

const NOBODY = 'AAAAAAAAAAAAAAAAAAAAAA'
const filled = (path: string, session = NOBODY, model = 'tiny') =>
  path
    .replace('{session_id}', session)
    .replace('{name}', model)
    .replace('{version}', '1')
    .replace('{picture}', 'none.svg')

/** A refusal is one that the document tells. */
function expectTold({ method, path, operation }: Place, response: LightMyRequestResponse): void {
  if (response.statusCode < 400) return
  const { code } = response.json()
  problemOf(response, response.statusCode, code)
  const told = operation.responses[response.statusCode]
  expect(told?.description, `${method} ${path}: ${response.statusCode} ${code}`).toContain(`\`${code}\``)
  expect(told!.content).toHaveProperty(['application/problem+json'])
}

test('every operation has a row, and every row an operation', async () => {
  const names = (await placesOf(liveApp())).map(({ operation }) => nameOf(operation.operationId))
  expect([...new Set(names)].sort()).toEqual(Object.keys(OWN).sort())
})

/** Of other pages than operations, of the socket alone, or of other programs than the server. */
const ELSEWHERE = [
  ...['method_not_allowed', 'upgrade_required', 'socket_limit', 'unknown_type', 'canceled'],
  ...['worse_model', 'label_conflict', 'unknown_task', 'no_episode', 'environment_closed', 'unequal_agents'],
  'invalid_dataset',
]

test('every 4xx code that an operation can answer is told of one', async () => {
  const places = await placesOf(liveApp())
  const told = places.flatMap(({ operation }) =>
    Object.values(operation.responses).flatMap(({ description }) =>
      [...description.matchAll(/`(\w+)`/g)].map(([, code]) => code!),
    ),
  )
  const codes = Object.entries(ERRORS).filter(([, { status }]) => status < 500)
  const untold = codes.map(([code]) => code).filter((code) => !told.includes(code))
  expect(untold.sort()).toEqual([...ELSEWHERE].sort())
})

test('a code stands under its own status', async () => {
  for (const { operation } of await placesOf(liveApp()))
    for (const [status, { description }] of Object.entries(operation.responses))
      for (const [, code] of description.matchAll(/`(\w+)`/g))
        expect(String(ERRORS[code as keyof typeof ERRORS].status), code).toBe(status)
})

const json = { 'content-type': 'application/json' }
const BAD_BODIES: [what: string, request: Pick<InjectOptions, 'headers' | 'payload'>][] = [
  ['nothing', {}],
  ['no fields', { headers: json, payload: '{}' }],
  ['no JSON', { headers: json, payload: '{' }],
  ['no msgpack', { headers: { 'content-type': 'application/msgpack' }, payload: Buffer.from([0xc1]) }],
  ['a list', { headers: json, payload: '[]' }],
  ['levels without end', { headers: json, payload: '['.repeat(99) }],
  ['a number too large', { headers: json, payload: '{"a": 1e999}' }],
  ['a type of another', { headers: { 'content-type': 'text/html' }, payload: '<p>' }],
  ['bytes', { headers: { 'content-type': 'application/octet-stream' }, payload: 'x' }],
  ['a compressed one', { headers: { ...json, 'content-encoding': 'gzip' }, payload: '{}' }],
  ['one too large', { headers: json, payload: ' '.repeat(2 * 1024 * 1024) }],
  ['one that nothing may answer', { headers: { ...json, accept: 'text/html' }, payload: '{}' }],
]

test.each(BAD_BODIES)('bodies: %s', async (_, request) => {
  const app = liveApp()
  for (const place of await placesOf(app)) {
    const { method, path } = place
    const asked = method === 'GET' ? { headers: { accept: 'text/html' } } : request
    for (const session of [NOBODY, await created(app)])
      expectTold(place, await app.inject({ method, url: filled(path, session), ...asked }))
  }
})

test('names that nobody has, or that are no names', async () => {
  const app = liveApp()
  for (const place of await placesOf(app))
    for (const [session, model] of [
      [NOBODY, 'horse'],
      ['short', '%00'],
      ['x'.repeat(300), 'x'.repeat(300)],
      ['%', '%'],
    ] as const) {
      const { method, path } = place
      const body = method === 'POST' ? { headers: json, payload: JSON.stringify({ model }) } : {}
      expectTold(place, await app.inject({ method, url: filled(path, session, model), ...body }))
    }
})

test('sessions that are over', async () => {
  const app = liveApp()
  const id = await created(app)
  await app.inject({ method: 'DELETE', url: `/v1/sessions/${id}` })
  for (const place of (await placesOf(app)).filter(({ path }) => path.includes('{session_id}'))) {
    const { method, path } = place
    const actions = [
      [0, 0, 0],
      [0, 0, 0],
    ]
    const body = method === 'POST' ? { payload: path.endsWith('step') ? { actions } : {} } : {}
    const response = await app.inject({ method, url: filled(path, id), ...body })
    expect(response.statusCode).toBe(410)
    expectTold(place, response)
  }
})

test('keys, scopes and rates', async () => {
  const ring = keyRing([{ id: 'a', sha256: digestOf('a').toString('hex'), scopes: ['read'] }])
  const app = liveApp({ keys: { ring: () => ring }, config: { RATE_LIMIT: 0.001, RATE_BURST: 10 } })
  const statuses = new Set<number>()
  const places = await placesOf(liveApp())
  for (let round = 0; round < 3; round++)
    for (const place of places)
      for (const headers of [{}, { authorization: 'Bearer a' }, { authorization: 'Bearer b' }]) {
        const { method, path } = place
        const response = await app.inject({ method, url: filled(path), headers })
        statuses.add(response.statusCode)
        expectTold(place, response)
      }
  for (const status of [401, 403, 429]) expect([...statuses]).toContain(status)
})

test('the end of the server', async () => {
  const app = liveApp()
  const places = await placesOf(app)
  await app.draining.run()
  const refused = await Promise.all(
    places.map(async (place) => {
      const response = await app.inject({ method: place.method, url: filled(place.path) })
      expectTold(place, response)
      return response.statusCode === 503
    }),
  )
  expect(refused.filter(Boolean).length).toBeGreaterThan(10)
})
