// What Node by itself would answer without a word.
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { testApp } from './fixture.ts'

async function exchange(...lines: string[]): Promise<{ status: number; body: string }> {
  const app = testApp()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1')
  socket.end([...lines, '', ''].join('\r\n'))
  let text = ''
  for await (const chunk of socket) text += chunk
  const [head = '', body = ''] = text.replace('HTTP/1.1 100 Continue\r\n\r\n', '').split('\r\n\r\n')
  return { status: Number(head.slice(9, 12)), body }
}

const live = (version = '1.1') => `GET /v2/health/live HTTP/${version}`

test.each(['200-ok', '100-continue'])('a request that expects %j is answered as any other', async (what) => {
  expect((await exchange(live(), 'Host: localhost', `Expect: ${what}`)).status).toBe(200)
})

test('a request must name its host', async () => {
  const { status, body } = await exchange(live())
  expect(status).toBe(400)
  expect(JSON.parse(body)).toMatchObject({ code: 'invalid_request', errors: [{ field: 'host' }] })
})

test('but for HTTP/1.0, which has none', async () => {
  expect((await exchange(live('1.0'))).status).toBe(200)
})
