// Bytes below HTTP and below the frames of a socket.
import type { Rng } from '../../../src/common/rng.ts'
import { randomBytes } from './encode.ts'
import { choose } from './odd.ts'

const BODY = '{"seed":1}'

/** What is written to a connection of its own, part by part. */
export function rawHttp(rng: Rng, key: string): Buffer[] {
  const text = choose(rng, HTTP)(rng, key)
  const parts = Array.isArray(text) ? text : [text]
  return parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))
}

type Bytes = string | Buffer | (string | Buffer)[]

const head = (key: string, ...lines: string[]): string =>
  [
    `POST /v1/sessions HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n')

const get = (line: string, ...lines: string[]): string => [line, ...lines, '', ''].join('\r\n')
const LIVE = 'GET /v2/health/live HTTP/1.1'
const HOST = 'Host: 127.0.0.1'

const HTTP: ((rng: Rng, key: string) => Bytes)[] = [
  // A body in thousands of chunks of one byte, each its own write or all at once.
  (_, key) => [head(key, 'Transfer-Encoding: chunked'), ...bytewise(BODY), '0\r\n\r\n'],
  (_, key) =>
    head(key, 'Transfer-Encoding: chunked') +
    bytewise(`{"model":"${'x'.repeat(3000)}"}`).join('') +
    '0\r\n\r\n',
  (_, key) => `${head(key, 'Transfer-Encoding: chunked')}zz\r\n${BODY}\r\n0\r\n\r\n`,
  (_, key) => `${head(key, 'Transfer-Encoding: chunked')}ffffffffffffffff\r\n${BODY}`,
  (_, key) => `${head(key, 'Transfer-Encoding: chunked')}-1\r\n${BODY}\r\n0\r\n\r\n`,
  (_, key) => `${head(key, 'Transfer-Encoding: chunked')}a;${'x'.repeat(20_000)}\r\n${BODY}\r\n0\r\n\r\n`,
  (_, key) => `${head(key, 'Transfer-Encoding: chunked')}a\r\n${BODY}\r\n`,
  (_, key) =>
    `${head(key, 'Transfer-Encoding: chunked')}a\r\n${BODY}\r\n0\r\nTrailer: ${'x'.repeat(100)}\r\n\r\n`,
  (_, key) => `${head(key, 'Transfer-Encoding: gzip')}${BODY}`,
  (_, key) => `${head(key, 'Transfer-Encoding: chunked', 'Content-Length: 10')}${BODY}`,
  (_, key) => `${head(key, 'Content-Length: 9999')}${BODY}`,
  (_, key) => `${head(key, 'Content-Length: 99999999999')}${BODY}`,
  (_, key) => `${head(key, 'Content-Length: 3')}${BODY}`,
  (_, key) => `${head(key, 'Content-Length: -1')}${BODY}`,
  (_, key) => `${head(key, 'Content-Length: 1e3')}${BODY}`,
  (_, key) => `${head(key, 'Content-Length: 10', 'Content-Length: 11')}${BODY}`,
  (_, key) => `${head(key, 'Expect: 100-continue', 'Content-Length: 10')}${BODY}`,
  (_, key) => `${head(key, 'Expect: something', 'Content-Length: 10')}${BODY}`,
  // Heads.
  () => get(LIVE),
  () => get(LIVE, HOST, HOST),
  () => get(LIVE, 'Host: '),
  () => get(LIVE, HOST, ...Array.from({ length: 3000 }, (_, i) => `X-${i}: 1`)),
  () => get(LIVE, HOST, `X: ${'x'.repeat(20_000)}`),
  () => get(LIVE, HOST, 'no colon'),
  () => get(LIVE, HOST, 'X : space'),
  () => get(LIVE, HOST, ' folded: line'),
  () => get(LIVE, HOST, 'X: \0'),
  () => get(LIVE, HOST, ': nameless'),
  () => get(LIVE, HOST, 'X: \xff\xfe'),
  () => get(LIVE, HOST).replaceAll('\r\n', '\n'),
  () => get(LIVE, HOST).slice(0, -2),
  // First lines.
  () => 'GET /v2/health/live\r\n\r\n',
  () => get('GET /v2/health/live HTTP/1.0'),
  () => get('GET /v2/health/live HTTP/9.9', HOST),
  () => get('GET  /v2/health/live  HTTP/1.1', HOST),
  () => get('get /v2/health/live HTTP/1.1', HOST),
  () => get('FOO /v2/health/live HTTP/1.1', HOST),
  () => get('GET http://127.0.0.1/v2/health/live HTTP/1.1', HOST),
  () => get('GET http://evil.example/v2/health/live HTTP/1.1', HOST),
  () => get('GET ../../etc/passwd HTTP/1.1', HOST),
  () => get('OPTIONS * HTTP/1.1', HOST),
  () => get('CONNECT 127.0.0.1:22 HTTP/1.1', HOST),
  () => get('CONNECT / HTTP/1.1', HOST),
  () => get('TRACE / HTTP/1.1', HOST),
  () => get(`GET /${'a'.repeat(20_000)} HTTP/1.1`, HOST),
  () => get('GET /\xff\xfe HTTP/1.1', HOST),
  () => get('GET /a b c HTTP/1.1', HOST),
  () => get('GET / HTTP/1.1\rX', HOST),
  () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  () => Buffer.from('16030100c8010000c40303', 'hex'),
  () => '\r\n\r\n\r\n',
  () => '\0'.repeat(100),
  (rng) => randomBytes(rng, 1 + rng.int(500)),
  // Upgrades that must not happen, or that may.
  (_, key) => upgrade(key, 'Sec-WebSocket-Version: 13'),
  (_, key) => upgrade(key, 'Sec-WebSocket-Version: 12', KEY),
  (_, key) => upgrade(key, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: short'),
  (_, key) => upgrade(key, 'Sec-WebSocket-Version: 13', KEY, 'Sec-WebSocket-Protocol: ,,,'),
  (_, key) =>
    upgrade(key, 'Sec-WebSocket-Version: 13', KEY, 'Sec-WebSocket-Extensions: permessage-deflate; x=="'),
  (_, key) => upgrade(key, 'Sec-WebSocket-Version: 13', KEY, 'Origin: https://evil.example'),
  () => upgrade('nobody', 'Sec-WebSocket-Version: 13', KEY),
  (_, key) => upgrade(key, 'Sec-WebSocket-Version: 13', KEY).replace('GET', 'POST'),
  (_, key) => upgrade(key, 'Sec-WebSocket-Version: 13', KEY).replace('/v1/stream', '/v1/models'),
  (_, key) => upgrade(key, 'Sec-WebSocket-Version: 13', KEY).replace('/v1/stream', '/nothing'),
  (_, key) => upgrade(key, KEY).replace('websocket', 'h2c'),
  // Many in one: each is answered.
  (rng) => Array.from({ length: 1 + rng.int(20) }, () => get(LIVE, HOST)).join(''),
  (_, key) =>
    [get(LIVE, HOST), head(key, 'Content-Length: 10'), BODY, get('GET /nothing HTTP/1.1', HOST)].join(''),
  (rng, key) => {
    const text = Buffer.from(`${head(key, 'Content-Length: 10')}${BODY}`)
    for (let i = 0; i <= rng.int(3); i++) text[rng.int(text.length)] = rng.int(256)
    return text
  },
]

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='

const upgrade = (key: string, ...lines: string[]): string =>
  get(
    'GET /v1/stream HTTP/1.1',
    HOST,
    `Authorization: Bearer ${key}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    ...lines,
  )

/** A good upgrade, after which the frames come. */
export const goodUpgrade = (key: string): string => upgrade(key, 'Sec-WebSocket-Version: 13', KEY)

const bytewise = (text: string): string[] => [...text].map((byte) => `1\r\n${byte}\r\n`)

/** Frames as no client should send them. */
export const rawSocket = (rng: Rng): Buffer[] => [choose(rng, FRAMES)(rng)]

const TEXT = 0x81
const MASKED = 0x80
/** A mask of zeros leaves the payload as it is. */
const MASK = [0, 0, 0, 0]

const frame = (first: number, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from([first, MASKED | payload.length, ...MASK]), payload])

const GET = Buffer.from('{"type":"cancel","id":1,"request_id":2}')

const FRAMES: ((rng: Rng) => Buffer)[] = [
  () => Buffer.concat([Buffer.from([TEXT, GET.length]), GET]), // not masked
  (rng) => frame(0x80 | choose(rng, [3, 4, 5, 6, 7, 0xb, 0xc, 0xf]), GET), // opcodes that nobody has defined
  (rng) => frame(TEXT | choose(rng, [0x40, 0x20, 0x10]), GET), // reserved bits
  () => frame(0x80, GET), // goes on with nothing
  () => Buffer.concat([frame(0x01, GET), frame(TEXT, GET)]), // a message inside another
  () => Buffer.from([TEXT, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...MASK]),
  () => Buffer.from([TEXT, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, ...MASK]),
  () => Buffer.from([0x89, 0xfe, 0x01, 0x00, ...MASK]), // a ping of 256 bytes
  () => frame(0x09, Buffer.from('ping')), // a ping in parts
  () => frame(TEXT, Buffer.from([0xc3, 0x28, 0xff])), // not UTF-8
  () => frame(0x88, Buffer.from([0x03])), // a close code of one byte
  () => frame(0x88, Buffer.from([0x00, 0x01])), // a close code that nobody has defined
  () => frame(0x88, Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.from([0xff, 0xff])])),
  () => frame(TEXT, GET).subarray(0, 9), // the rest never comes
  () => Buffer.concat(Array.from({ length: 200 }, () => frame(0x01, Buffer.alloc(0)))),
  () => Buffer.concat(Array.from({ length: 500 }, () => frame(0x89, Buffer.alloc(100)))), // pings
  () => Buffer.concat(Array.from({ length: 50 }, () => frame(TEXT, GET))),
  (rng) => randomBytes(rng, 1 + rng.int(300)),
  (rng) => frame(0x82, randomBytes(rng, 100)),
]
