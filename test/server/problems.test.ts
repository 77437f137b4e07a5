import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import pino from 'pino'
import { expect, test } from 'vitest'
import { DimaError } from '../../src/common/errors.ts'
import { fakeRunner, goodRequest, problemOf, rollout, testApp } from './fixture.ts'

const json = { 'content-type': 'application/json' }

test('a page that is not served is 404', async () => {
  const response = await testApp().inject({ url: '/v2/rollout?x=1' })
  expect(problemOf(response, 404, 'not_found').detail).toBe('GET /v2/rollout is not served')
})

test.each([
  ['GET', '/v1/rollout', 'POST'],
  ['PUT', '/rollout', 'POST'],
  ['POST', '/v1/models', 'GET, HEAD'],
  ['DELETE', '/v1/models/tiny', 'GET, HEAD'],
  ['POST', '/metrics', 'GET, HEAD'],
  ['PATCH', '/openapi.json', 'GET, HEAD'],
] as const)('%s %s is 405 and says what is allowed', async (method, url, allow) => {
  const response = await testApp().inject({
    method,
    url,
    headers: { 'content-type': 'text/csv' },
    payload: 'a,b',
  })
  problemOf(response, 405, 'method_not_allowed')
  expect(response.headers.allow).toBe(allow)
})

test('a body over the limit is 413', async () => {
  const app = testApp({ config: { BODY_LIMIT_BYTES: 1024, MAX_BATCH: 8 } })
  problemOf(await rollout(app, { ...goodRequest(), model: 'x'.repeat(2000) }), 413, 'body_too_large')
})

test.each([
  ['NaN', 'body', 'NaN'],
  ['{"seed": NaN}', 'seed', 'NaN'],
  ['{"starts": [{"states": [[0, 1], [0, -Infinity]]}]}', 'starts[0].states[1][1]', '-Infinity'],
])('a number that JSON does not have is named: %s', async (payload, field, given) => {
  const { errors } = problemOf(await rollout(testApp(), payload), 400, 'not_finite')
  expect(errors).toMatchObject([{ field, given }])
})

test('what is not JSON has its place', async () => {
  expect(problemOf(await rollout(testApp(), '{"seed": 7,}'), 400, 'invalid_json').detail).toContain('11')
})

test('a compressed body is 415', async () => {
  const headers = { ...json, 'content-encoding': 'gzip' }
  const payload = gzipSync(JSON.stringify(goodRequest()))
  const response = await testApp().inject({ method: 'POST', url: '/v1/rollout', headers, payload })
  problemOf(response, 415, 'unsupported_media_type')
})

test.each(['{', '{"starts": [', '', '{"__proto__": {"seed": 1}}', '{"\\u005f_proto__": {"seed": 1}}'])(
  'malformed JSON is 400: %s',
  async (payload) => {
    problemOf(
      await testApp().inject({ method: 'POST', url: '/v1/rollout', headers: json, payload }),
      400,
      'invalid_json',
    )
  },
)

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])(
  'a body of type %s is 415',
  async (type) => {
    const request = {
      method: 'POST',
      url: '/v1/rollout',
      headers: { 'content-type': type },
      payload: 'x',
    } as const
    problemOf(await testApp().inject(request), 415, 'unsupported_media_type')
  },
)

test('no body at all names the body', async () => {
  const response = await testApp().inject({ method: 'POST', url: '/v1/rollout' })
  expect(problemOf(response, 400, 'invalid_request').errors[0]).toMatchObject({
    field: 'body',
    given: 'nothing',
  })
})

test.each(['/v1/models/%zz', '/%', `/v1/models/${'x'.repeat(300)}`])(
  'a bad address is a problem: %s',
  async (url) => {
    const response = await testApp().inject({ url })
    expect(response.statusCode).toBeGreaterThanOrEqual(400)
    problemOf(response, response.statusCode, response.json().code)
    expect(response.statusCode).toBeLessThan(500)
  },
)

test('a full server is 503 with Retry-After, told in general words', async () => {
  const full = new DimaError('overloaded', 'queue of /srv/models/1 has 99', { retryAfterSeconds: 4 })
  const response = await rollout(
    testApp({ runner: { ...fakeRunner, rollout: () => Promise.reject(full) } }),
    goodRequest(),
  )
  expect(response.headers['retry-after']).toBe('4')
  const { detail, errors } = problemOf(response, 503, 'overloaded')
  expect(detail).not.toContain('queue of')
  expect(errors).toEqual([])
})

test('a stopped executor is 503 with a default Retry-After', async () => {
  const stopped = new DimaError('executor_failed', 'pid 7 ended')
  const response = await rollout(
    testApp({ runner: { ...fakeRunner, rollout: () => Promise.reject(stopped) } }),
    goodRequest(),
  )
  problemOf(response, 503, 'executor_failed')
  expect(response.headers['retry-after']).toBe('1')
})

test('an unforeseen error is logged with the id of the request and hidden', async () => {
  const lines: string[] = []
  const logger = pino({ level: 'error' }, { write: (line: string) => lines.push(line) })
  const runner = { ...fakeRunner, rollout: () => Promise.reject(new Error("can't open /home/me/x.onnx")) }
  const response = await rollout(testApp({ runner, logger }), goodRequest())
  const { instance } = problemOf(response, 500, 'internal')
  expect(response.body).not.toContain('open')
  expect(JSON.parse(lines[0]!)).toMatchObject({
    reqId: instance,
    err: { message: "can't open /home/me/x.onnx" },
  })
})

test('keeps a harmless request id and replaces another', async () => {
  const app = testApp()
  const idFor = async (id: string) =>
    (await app.inject({ url: '/healthz', headers: { 'x-request-id': id } })).headers['x-request-id']
  expect(await idFor('job-7.a')).toBe('job-7.a')
  expect(await idFor('a"b{}')).toMatch(/^[0-9a-f-]{36}$/)
})

test('broken HTTP is a problem too', async () => {
  const app = testApp()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('NONSENSE\r\n\r\n')
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  expect(head).toContain('HTTP/1.1 400 Bad Request')
  expect(head).toContain('application/problem+json')
  expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'invalid_request' })
})
