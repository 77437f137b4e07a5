// Requests over HTTP: every route, with good and bad methods, paths, types and headers.
import type { Operation } from '../../../src/api/stream.ts'
import type { Rng } from '../../../src/common/rng.ts'
import { jsonBytes, msgpackBytes, randomBytes } from './encode.ts'
import { chance, choose, type Json, oddValue } from './odd.ts'
import { type Known, REQUESTS, spoiltOrStrange } from './requests.ts'

/** A request that an HTTP client would send. */
export interface HttpCase {
  kind: 'http'
  method: string
  /** starts with / */
  path: string
  headers: Record<string, string>
  body: Buffer | undefined
}

const OF_SESSION: Partial<Record<Operation, [method: string, tail: string]>> = {
  get: ['GET', ''],
  close: ['DELETE', ''],
  reset: ['POST', '/reset'],
  step: ['POST', '/step'],
  snapshot: ['POST', '/snapshot'],
  fork: ['POST', '/fork'],
}
const WITHOUT_SESSION: [Operation, path: string][] = [
  ['create', '/v1/sessions'],
  ['restore', '/v1/sessions/restore'],
  ['step_many', '/v1/sessions/step'],
  ['act', '/v1/policy/act'],
  ['rollout', '/v1/rollout'],
  ['rollout', '/rollout'],
  ['rollout_stream', '/v1/rollout/stream'],
  ['rollout_stream', '/rollout/stream'],
]
const PAGES = [
  '/v1/models',
  '/v1/models/NAME',
  '/v2/health/live',
  '/v2/health/ready',
  '/v2',
  '/v2/models/NAME',
  '/v2/models/NAME/ready',
  '/v2/models/NAME/versions/1',
  '/v2/models/NAME/versions/1/ready',
  '/healthz',
  '/metrics',
  '/openapi.json',
  '/asyncapi.json',
  '/v1/stream',
  '/v1/admin/reload',
]

export function httpCase(rng: Rng, known: Known, key: string): HttpCase {
  const good = chance(rng, 0.8) ? operationRequest(rng, known) : pageRequest(rng, known)
  const method = chance(rng, 0.05) ? choose(rng, METHODS) : good.method
  const path = chance(rng, 0.1) ? spoiltPath(rng, good.path) : good.path
  const binary = chance(rng, 0.35)
  const { body, type } = bodyOf(rng, method, good.fields, binary)
  const headers = { authorization: `Bearer ${key}`, ...type, ...oddHeaders(rng) }
  return { kind: 'http', method, path, headers, body }
}

interface Good {
  method: string
  path: string
  fields: Json | undefined
}

function operationRequest(rng: Rng, known: Known): Good {
  const ofSession = chance(rng, 0.5)
  const [operation, path] = choose(rng, WITHOUT_SESSION)
  if (!ofSession)
    return { method: 'POST', path, fields: spoiltOrStrange(rng, REQUESTS[operation](rng, known), known) }
  const name = choose(rng, Object.keys(OF_SESSION) as Operation[])
  const [method, tail] = OF_SESSION[name]!
  const { session_id, ...fields } = REQUESTS[name](rng, known)
  const id = chance(rng, 0.02) ? known.stranger : chance(rng, 0.03) ? odd(rng) : String(session_id)
  const body = method === 'POST' ? spoiltOrStrange(rng, fields, known) : undefined
  return { method, path: `/v1/sessions/${id}${tail}`, fields: body }
}

const odd = (rng: Rng): string =>
  encodeURIComponent(String(oddValue(rng)).replaceAll(/[\ud800-\udfff]/g, '?')).slice(0, 2000)

function pageRequest(rng: Rng, { model }: Known): Good {
  const page = choose(rng, PAGES)
  const name = chance(rng, 0.4) ? odd(rng) : model
  const method = page === '/v1/admin/reload' ? 'POST' : 'GET'
  return { method, path: page.replace('NAME', name), fields: chance(rng, 0.1) ? oddValue(rng) : undefined }
}

function bodyOf(rng: Rng, method: string, fields: Json | undefined, binary: boolean) {
  const without = fields === undefined || (['GET', 'HEAD', 'DELETE'].includes(method) && chance(rng, 0.8))
  if (without)
    return { body: undefined, type: chance(rng, 0.1) ? { 'content-type': choose(rng, TYPES) } : {} }
  if (chance(rng, 0.005))
    return { body: Buffer.alloc(choose(rng, [300_000, 1_100_000]), '['), type: JSON_TYPE }
  const type = binary ? { 'content-type': 'application/msgpack' } : JSON_TYPE
  const body = binary ? msgpackBytes(rng, fields) : jsonBytes(rng, fields)
  return { body, type: chance(rng, 0.05) ? { 'content-type': choose(rng, TYPES) } : type }
}

const JSON_TYPE = { 'content-type': 'application/json' }
const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'PURGE',
  'SEARCH',
]
const TYPES = [
  'application/json; charset=utf-16',
  'application/json;;;',
  'APPLICATION/JSON',
  'application/json, text/html',
  'application/problem+json',
  'application/x-msgpack',
  'application/msgpack; q=1',
  'text/plain',
  'text/html',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'application/vnd.msgpack',
  '*/*',
  'json',
  '/',
  ';',
  '',
  'x'.repeat(3000),
]

function oddHeaders(rng: Rng): Record<string, string> {
  if (chance(rng, 0.7)) return {}
  const [name, values] = choose(rng, HEADERS)
  return { [name]: choose(rng, values) }
}

const HEADERS: [name: string, values: string[]][] = [
  [
    'accept',
    [
      'application/msgpack',
      'application/json',
      'text/html',
      '*/*;q=0',
      'application/*;q=x',
      ',,,',
      '',
      'a/b;q=2',
    ],
  ],
  [
    'accept',
    [
      `${'a/b,'.repeat(1000)}*/*`,
      'application/json;q=0, application/msgpack;q=0',
      'application/xml, */*;q=0.1',
    ],
  ],
  [
    'authorization',
    [
      '',
      'Bearer',
      'Bearer  ',
      'Bearer nobody',
      'Basic dXNlcjpwYXNz',
      `Bearer ${'A'.repeat(4000)}`,
      'bearer \u00ff',
    ],
  ],
  ['x-request-id', ['1', '../../x', 'x'.repeat(65), '{"a":1}', '%00', 'a b', '<b>']],
  [
    'traceparent',
    [
      '00-0-0-00',
      `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      `ff-${'0'.repeat(32)}-${'0'.repeat(16)}-00`,
      'x'.repeat(5000),
    ],
  ],
  [
    'host',
    ['evil.example', '127.0.0.1', 'localhost:1', '[::1]', '', 'a b', '127.0.0.1.evil.example', '0x7f.1'],
  ],
  [
    'origin',
    ['https://evil.example', 'null', '', 'http://127.0.0.1', 'file://', 'javascript:1', 'http://localhost:1'],
  ],
  ['content-encoding', ['gzip', 'br', 'identity', 'x']],
  ['expect', ['100-continue', '200-ok', '']],
  ['upgrade', ['websocket', 'h2c', '']],
  ['connection', ['Upgrade', 'close', 'keep-alive, Upgrade', 'x']],
  ['x-forwarded-for', ['127.0.0.1', '::1', '<script>']],
  ['x-http-method-override', ['DELETE', 'TRACE']],
  ['range', ['bytes=0-1', 'bytes=-1', 'x']],
  ['if-none-match', ['*', '"x"']],
  ['cookie', [`a=${'b'.repeat(4000)}`, '__proto__=1']],
]

const PATHS: ((path: string, rng: Rng) => string)[] = [
  (path) => `${path}/`,
  (path) => path.replace('/', '//'),
  (path) => path.toUpperCase(),
  (path) => `${path}?${'a=b&'.repeat(100)}__proto__[x]=1`,
  (path) => `${path}?session_id=AAAAAAAAAAAAAAAAAAAAAA&seed=1`,
  (path) => `${path}%00`,
  (path) => `${path}%`,
  (path) => `${path}%ff%fe`,
  (path) => `${path}/..%2f..%2f..%2f..%2fetc%2fpasswd`,
  (path) => `${path}/../../../../etc/passwd`,
  (path) => `/v1/models/..%2f..%2fpackage.json${path}`,
  (path) => path.replace('v1', '%76%31'),
  (path) => path.replace('/v1', '/v9'),
  (path) => `${path}#fragment`,
  (path) => `${path};jsessionid=1`,
  (path) => path + '/x'.repeat(400),
  (path, rng) => `/${encodeURIComponent(randomBytes(rng, 12).toString('latin1'))}${path}`,
  () => '/',
  () => '/favicon.ico',
  () => '/.git/config',
  () => '/node_modules/fastify/package.json',
  () => '/*',
  () => '/v1/sessions/:session_id',
  () => '/v1/models/{name}',
]

const spoiltPath = (rng: Rng, path: string): string => choose(rng, PATHS)(path, rng)
