// What HTTP clients may take their time for, how many of their requests run at a time, and that none holds up the end.
import { connect, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { AppConfig } from '../../../src/server/config.ts'
import { goodRequest, testApp } from '../fixture.ts'
import { until } from '../stream/fixture.ts'

const MIB = 1024 * 1024

async function listening(config: Partial<AppConfig> = {}, change: Parameters<typeof testApp>[0] = {}) {
  const app = testApp({ ...change, config: { BODY_LIMIT_BYTES: MIB, ...config } })
  let [running, most] = [0, 0]
  app.get('/slow', { config: { scope: null } }, async () => {
    most = Math.max(most, ++running)
    await after(5)
    running--
    return { text: 'x'.repeat(1000) }
  })
  app.get('/large', { config: { scope: null } }, async () => ({ text: 'x'.repeat(MIB) }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  return { app, port, most: () => most }
}

function open(port: number): { socket: Socket; text: () => string; closed: Promise<unknown> } {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (data) => (text += data)).on('error', () => {})
  onTestFinished(() => void socket.destroy())
  return { socket, text: () => text, closed: new Promise((resolve) => socket.once('close', resolve)) }
}

const head = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`
const half = (length: number, sent: number) =>
  'POST /v1/rollout HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
  `Content-Length: ${length}\r\n\r\n${' '.repeat(sent)}`
const codeIn = (reply: string) => JSON.parse(reply.split('\r\n\r\n')[1]!).code
const count = (text: string, what: string) => text.split(what).length - 1

test('of pipelined requests a few run at a time, and all are answered in order', async () => {
  const { port, most } = await listening()
  const { socket, text } = open(port)
  const paths = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? '/slow' : `/nothing/${i}`))
  socket.write(paths.map((path) => head(path)).join(''))
  await until(() => count(text(), 'HTTP/1.1 ') === 200)
  expect(most()).toBeLessThanOrEqual(16)
  const missing = [...text().matchAll(/GET (\/nothing\/\d+) is not served/g)].map(([, path]) => path)
  expect(missing).toEqual(paths.filter((path) => path !== '/slow'))
})

test('a client that sends far more requests than it waits for is closed', async () => {
  const { port, most } = await listening({ OPEN_RATE_LIMIT: 0 })
  const { socket, text, closed } = open(port)
  socket.write(head('/slow').repeat(20_000))
  await closed
  expect(most()).toBeLessThanOrEqual(16)
  expect(count(text(), 'HTTP/1.1 ')).toBeLessThan(1000)
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
})

test('the end does not wait for a client that reads no answers', async () => {
  const { app, port } = await listening({ OPEN_RATE_LIMIT: 0 })
  const { socket } = open(port)
  socket.pause()
  for (let i = 0; i < 100; i++) {
    socket.write(head('/large').repeat(10))
    await after(2)
  }
  await app.close()
})

test('headers and bodies that do not come in time are 408', async () => {
  const { port } = await listening({ HEADERS_TIMEOUT_SECONDS: 0.3, REQUEST_TIMEOUT_SECONDS: 0.6 })
  for (const start of [head('/slow').slice(0, -4), half(1000, 10)]) {
    const { socket, text, closed } = open(port)
    socket.write(start)
    const trickle = setInterval(() => socket.write('X'), 50)
    await closed
    clearInterval(trickle)
    expect(text()).toMatch(/^HTTP\/1\.1 408 /)
    expect(codeIn(text())).toBe('request_timeout')
  }
})

test('a reply that takes longer than requests may take is not cut off', async () => {
  const { port } = await listening({ REQUEST_TIMEOUT_SECONDS: 0.2, HEADERS_TIMEOUT_SECONDS: 0.2 })
  const { socket, text } = open(port)
  socket.write(head('/slow').repeat(100)) // some 40 ms for each sixteen
  await until(() => count(text(), 'HTTP/1.1 200') === 100)
})

test('headers over the limit are 431, names over it 414', async () => {
  const { port } = await listening()
  const large = open(port)
  large.socket.write(head('/healthz', `X: ${'x'.repeat(20_000)}\r\n`))
  await large.closed
  expect(large.text()).toContain('HTTP/1.1 431 ')
  expect(codeIn(large.text())).toBe('headers_too_large')
  const long = open(port)
  long.socket.write(head(`/v1/models/${'x'.repeat(300)}`, 'Connection: close\r\n'))
  await long.closed
  expect(long.text()).toContain('HTTP/1.1 414 ')
  expect(codeIn(long.text())).toBe('uri_too_long')
})

test('unfinished bodies have a room of their own, which one key can not fill', async () => {
  const { port } = await listening({ UNFINISHED_BODIES_BYTES: 2 * MIB })
  const bodies = Array.from({ length: 4 }, () => {
    const one = open(port)
    one.socket.write(half(MIB, 0.9 * MIB))
    return one
  })
  await until(() => bodies.filter(({ text }) => text().includes('rate_limited')).length === 3)
  for (const { socket } of bodies) socket.destroy()
  const body = JSON.stringify(goodRequest())
  await eventually(async () => {
    const { status } = await fetch(`http://127.0.0.1:${port}/v1/rollout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    return status === 200
  })
})

/** Resolves when `met` says so. */
async function eventually(met: () => Promise<boolean>): Promise<void> {
  while (!(await met())) await after(10)
}

test('the server stops while bodies and headers are half there', async () => {
  const { app, port } = await listening()
  const bodies = [half(1000, 10), half(MIB, MIB / 2), head('/slow').slice(0, -4), '', 'GET'].map((start) => {
    const one = open(port)
    one.socket.write(start)
    return one
  })
  await after(100)
  const began = performance.now()
  await app.close()
  await Promise.all(bodies.map(({ closed }) => closed))
  expect(performance.now() - began).toBeLessThan(5000) // without it, a minute
  expect(codeIn(bodies[0]!.text())).toBe('not_ready')
})

test('what is running when the server stops is answered, and then its connection is closed', async () => {
  const { app, port, most } = await listening()
  const { socket, text, closed } = open(port)
  socket.write(head('/slow'))
  await until(() => most() === 1)
  await app.close()
  await closed
  expect(count(text(), 'HTTP/1.1 200')).toBe(1)
})
