// Upgrades that are none: the answer is problem+json, not what the socket's library says by itself.
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startServer } from './fixture.ts'

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
const VERSION = 'Sec-WebSocket-Version: 13'

test.each([
  ['Sec-WebSocket-Key', ['Upgrade: websocket', VERSION]],
  ['Sec-WebSocket-Key', ['Upgrade: websocket', VERSION, 'Sec-WebSocket-Key: short']],
  ['Sec-WebSocket-Version', ['Upgrade: websocket', KEY, 'Sec-WebSocket-Version: 12']],
  ['Sec-WebSocket-Protocol', ['Upgrade: websocket', KEY, VERSION, 'Sec-WebSocket-Protocol: ,,']],
  ['Upgrade', ['Upgrade: h2c', KEY, VERSION]],
])('a handshake with a wrong %s is told so: %j', async (header, lines) => {
  const { port } = await startServer()
  const socket = connect(port, '127.0.0.1')
  socket.write(
    ['GET /v1/stream HTTP/1.1', 'Host: 127.0.0.1', 'Connection: Upgrade', ...lines, '', ''].join('\r\n'),
  )
  let text = ''
  for await (const chunk of socket) text += chunk
  const [head = '', body = ''] = text.split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  expect(head).toContain('Content-Type: application/problem+json')
  expect(head).toContain('Sec-WebSocket-Version: 13')
  expect(JSON.parse(body)).toMatchObject({ code: 'invalid_request', status: 400 })
  expect(JSON.parse(body).detail).toContain(header)
})
