import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { type Cancellation, DimaError } from '../../../src/common/errors.ts'
import type { Runner, WorkOptions } from '../../../src/inference/runner.ts'
import { aborted } from '../aborted.ts'
import { fakeRunner, goodRequest, rollout, testApp } from '../fixture.ts'

function watching() {
  const seen: WorkOptions[] = []
  const runner: Runner = {
    ...fakeRunner,
    rollout: (digest, asked, options = {}) => {
      seen.push(options)
      return fakeRunner.rollout(digest, asked, options)
    },
  }
  return { seen, runner }
}

test('a client that goes before its reply cancels the work', async () => {
  let asked = (_signal: Cancellation): void => undefined
  const signal = new Promise<Cancellation>((resolve) => {
    asked = resolve
  })
  const runner: Runner = {
    ...fakeRunner,
    rollout: async (_digest, _rollout, options) => {
      asked(options!.signal!)
      await aborted(options!.signal!)
      throw new DimaError('canceled', 'nobody waits')
    },
  }
  const app = testApp({ runner })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const headers = { 'content-type': 'application/json' }
  const client = httpRequest({
    port,
    host: '127.0.0.1',
    path: '/rollout',
    method: 'POST',
    headers,
    agent: false,
  })
  client.on('error', () => undefined) // its own end
  client.end(JSON.stringify(goodRequest()))
  const given = await signal
  expect(given.aborted).toBe(false)
  client.destroy()
  await aborted(given)
  expect(given.aborted).toBe(true)
})

test('a reply that is out cancels nothing', async () => {
  const { seen, runner } = watching()
  expect((await rollout(testApp({ runner }), goodRequest())).statusCode).toBe(200)
  expect(seen[0]!.signal!.aborted).toBe(false)
})

test('the deadline of a rollout counts from its arrival, and there is none unasked', async () => {
  const { seen, runner } = watching()
  const before = performance.now()
  await rollout(testApp({ runner }), { ...goodRequest(), deadline_ms: 5000 })
  expect(seen[0]!.deadline).toBeGreaterThanOrEqual(before + 4900)
  expect(seen[0]!.deadline).toBeLessThanOrEqual(performance.now() + 5000)
  await rollout(testApp({ runner }), goodRequest())
  expect(seen[1]).not.toHaveProperty('deadline')
})
