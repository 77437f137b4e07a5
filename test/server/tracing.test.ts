import { expect, test } from 'vitest'
import { serverLogger } from '../../src/server/logger.ts'
import { traceOf } from '../../src/server/plugins/tracing.ts'
import { goodRequest, testApp } from './fixture.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const GIVEN = `00-${TRACE}-${PARENT}-01`

/** An app whose log can be read. */
function loggedApp(level = 'info') {
  const lines: Record<string, unknown>[] = []
  const logger = serverLogger(level, { write: (line) => void lines.push(JSON.parse(line)) })
  return { app: testApp({ logger }), lines }
}

test('a valid traceparent gives a span of our own in the same trace', () => {
  const trace = traceOf(GIVEN)!
  expect(trace.bindings).toEqual({
    trace_id: TRACE,
    parent_id: PARENT,
    span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
  })
  expect(trace.traceparent).toBe(`00-${TRACE}-${trace.bindings.span_id}-01`)
  expect(trace.bindings.span_id).not.toBe(PARENT)
  expect(traceOf(GIVEN)!.bindings.span_id).not.toBe(trace.bindings.span_id)
})

test('whether the trace is sampled is passed on, other flags are not', () => {
  const flagsOf = (flags: string) => traceOf(`00-${TRACE}-${PARENT}-${flags}`)!.traceparent.slice(-2)
  expect(['00', '01', '02', '03', 'ff'].map(flagsOf)).toEqual(['00', '01', '00', '01', '01'])
})

test('a later version may bring more fields; we answer in ours', () => {
  expect(traceOf(`cc-${TRACE}-${PARENT}-01-what-comes-next`)!.traceparent).toMatch(/^00-/)
  expect(traceOf(`cc-${TRACE}-${PARENT}-01`)).toBeDefined()
})

test.each([
  ['nothing', undefined],
  ['no text', 7],
  ['a list', [GIVEN]],
  ['an empty text', ''],
  ['too few fields', `00-${TRACE}-${PARENT}`],
  ['more fields than version 00 has', `${GIVEN}-00`],
  ['a dash too many', `${GIVEN}-`],
  ['the version ff', `ff-${TRACE}-${PARENT}-01`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
  ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['capitals', GIVEN.toUpperCase()],
  ['a short trace id', `00-${TRACE.slice(1)}-${PARENT}-01`],
  ['a letter that is not hexadecimal', `00-${TRACE.slice(1)}g-${PARENT}-01`],
  ['a line break', `${GIVEN}\n`],
  ['two headers in one', `${GIVEN}, ${GIVEN}`],
  ['something endless', `cc-${TRACE}-${PARENT}-01-${'x'.repeat(300)}`],
])('%s is not a trace', (_, traceparent) => {
  expect(traceOf(traceparent)).toBeUndefined()
})

test('reply and log lines carry the trace', async () => {
  const { app, lines } = loggedApp()
  const { headers } = await app.inject({ url: '/v1/models', headers: { traceparent: GIVEN } })
  const [, traceId, spanId] = String(headers.traceparent).split('-')
  expect(traceId).toBe(TRACE)
  const line = lines.find(({ msg }) => msg === 'request')!
  expect(line).toMatchObject({ trace_id: TRACE, parent_id: PARENT, span_id: spanId })
})

test('errors and unknown pages carry it too', async () => {
  const { app, lines } = loggedApp()
  const { headers } = await app.inject({ url: '/nowhere', headers: { traceparent: GIVEN } })
  expect(headers.traceparent).toContain(TRACE)
  expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({ trace_id: TRACE, status: 404 })
})

test.each([undefined, 'nonsense', `00-${TRACE}-${PARENT}`])('no trace is invented for %s', async (given) => {
  const { app, lines } = loggedApp()
  const { headers, statusCode } = await app.inject({
    url: '/v1/models',
    ...(given ? { headers: { traceparent: given } } : {}),
  })
  expect(statusCode).toBe(200)
  expect(headers.traceparent).toBeUndefined()
  expect(Object.keys(lines.find(({ msg }) => msg === 'request')!)).not.toContain('trace_id')
})

test('one line for each finished request: figures and ids', async () => {
  const { app, lines } = loggedApp()
  await app.inject({
    method: 'POST',
    url: '/v1/rollout?token=hush',
    headers: { 'x-request-id': 'mine-1', authorization: 'Bearer hush' },
    payload: goodRequest(),
  })
  const [line, ...more] = lines.filter(({ reqId }) => reqId === 'mine-1')
  expect(more).toEqual([])
  expect(line).toMatchObject({
    msg: 'request',
    level: 30,
    method: 'POST',
    route: '/v1/rollout',
    status: 200,
    ms: expect.any(Number),
    queue_ms: 1,
    compute_ms: 3,
    caller: 'anonymous',
    model: 'tiny',
    version: '1',
  })
  expect(JSON.stringify(lines)).not.toMatch(/hush|starts|authorization/)
})

test('a request that fails says with which code, and nothing of its body', async () => {
  const { app, lines } = loggedApp('debug')
  await app.inject({ method: 'POST', url: '/v1/rollout', payload: { ...goodRequest(), seed: 'hush' } })
  expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({ status: 400, code: 'invalid_request' })
  expect(JSON.stringify(lines)).not.toContain('hush')
})

test('keys never get into the log, even where headers are logged', () => {
  const lines: string[] = []
  const logger = serverLogger('info', { write: (line) => void lines.push(line) })
  const headers = {
    authorization: 'Bearer hush',
    'proxy-authorization': 'hush',
    cookie: 'hush',
    'sec-websocket-protocol': 'hush',
    accept: 'text/plain',
  }
  logger.info({ headers, authorization: 'hush' }, 'one')
  logger.info({ req: { headers }, request: { headers }, err: { headers } }, 'two')
  expect(lines).toHaveLength(2)
  expect(lines.join()).not.toContain('hush')
  expect(lines[0]).toContain('text/plain') // the headers were there to be seen
})
