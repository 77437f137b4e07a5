import { request } from 'node:http'
import { expect, test } from 'vitest'
import { testApp } from './fixture.ts'

test.each(['200-ok', '100-continue'])(
  'a request that expects %j is answered as any other',
  async (expectation) => {
    const app = testApp()
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as { port: number }
    const path = '/v2/health/live'
    const status = await new Promise((resolve) => {
      const asked = request(
        { host: '127.0.0.1', port, path, headers: { expect: expectation } },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      )
      asked.end()
    })
    expect(status).toBe(200)
  },
)
