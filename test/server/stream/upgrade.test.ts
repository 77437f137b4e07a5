// Who gets a socket, and what those get who don't.
import { connect as connectTcp } from 'node:net'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { connect, connected, refused, startServer, until } from './fixture.ts'

test('a key may have so many sockets, and another one when one has closed', async () => {
  const server = await startServer({ config: { MAX_SOCKETS_PER_KEY: 2 } })
  const clients = [await connected(server), await connected(server)]
  expect(await refused(server.url)).toMatchObject({ status: 429, body: { code: 'socket_limit' } })
  clients[0]!.socket.close()
  await until(() => server.counted.open === 1)
  await connected(server)
})

test('without an upgrade the page says what it is', async () => {
  const { port } = await startServer()
  const reply = await fetch(`http://127.0.0.1:${port}/v1/stream`)
  expect(reply.status).toBe(426)
  expect(await reply.json()).toMatchObject({ code: 'upgrade_required' })
})

test('no other page can be upgraded', async () => {
  const { port } = await startServer()
  expect(await refused(`ws://127.0.0.1:${port}/v1/nothing`)).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  })
  await expect(connect({ url: `ws://127.0.0.1:${port}/elsewhere` })).rejects.toThrow('200')
})

test('a refused upgrade leaves no connection behind, not even one with a body', async () => {
  const { port } = await startServer()
  for (const start of ['GET /v1/nothing', 'GET /elsewhere', 'POST /v1/stream']) {
    const socket = connectTcp(port, '127.0.0.1')
    socket.write(
      `${start} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 10\r\n\r\n',
    )
    let text = ''
    socket.on('data', (chunk) => (text += chunk))
    await new Promise((resolve) => socket.on('end', resolve))
    expect(text).toMatch(/^HTTP\/1.1 (404|200|400) /)
  }
})

test('a handshake that is not one is refused', async () => {
  const { port } = await startServer()
  const socket = connectTcp(port, '127.0.0.1')
  socket.write(
    'GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  )
  const text = await new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))))
  expect(text).toMatch(/^HTTP\/1.1 400 /)
  socket.destroy()
})

test('compression is not offered', async () => {
  const server = await startServer()
  const client = await connect(server, [], { perMessageDeflate: true })
  expect(client.socket.extensions).toBe('')
})

test('a client that knows none of the subprotocols finds that out', async () => {
  const { url } = await startServer()
  const socket = new WebSocket(url, ['soap'])
  const error = await new Promise<Error>((resolve) => socket.on('error', resolve))
  expect(error.message).toMatch(/subprotocol/)
})
