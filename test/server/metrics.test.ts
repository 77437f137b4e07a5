import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { DimaError } from '../../src/common/errors.ts'
import { Repository } from '../../src/registry/repository.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { noRunner } from '../inference/fake-runner.ts'
import { bundleOf, fakeRunner, goodRequest, rollout, testApp } from './fixture.ts'

function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

type App = ReturnType<typeof testApp>

const linesOf = async (app: App): Promise<string[]> =>
  (await app.inject({ url: '/metrics' })).body.split('\n')
const seriesOf = async (app: App, name: string): Promise<string[]> =>
  (await linesOf(app)).filter((line) => line.startsWith(`${name}{`))

test('counts requests, rollouts and steps', async () => {
  const refused = [{ reference: 'bad/1', reason: 'bad/1: embed.onnx is missing' }]
  const app = testApp({ catalog: staticCatalog(new Repository([bundleOf()], refused), KINDS) })
  await rollout(app, goodRequest())
  await rollout(app, { ...goodRequest(), plan: 'sequential' }, '/rollout')
  await rollout(app, { ...goodRequest(), seed: 'x' })
  const lines = await linesOf(app)
  for (const line of [
    'wm_requests_total{model="tiny",version="1",route="/v1/rollout",outcome="ok",reason="ok"} 2',
    'wm_requests_total{route="/v1/rollout",outcome="client_error",reason="OTHER"} 1',
    'wm_request_duration_seconds_count{route="/v1/rollout"} 3',
    'wm_queue_duration_seconds_count{kind="rollout"} 2',
    'wm_compute_duration_seconds_count{model="tiny",version="1",kind="rollout"} 2',
    'wm_rollouts_total{model="tiny",version="1",plan="sequential"} 1',
    'wm_steps_total{model="tiny",version="1"} 16',
    'wm_model_ready{model="tiny",version="1"} 1',
    'wm_models_refused 1',
  ])
    expect(
      lines.filter((one) => one.startsWith('wm_')),
      line,
    ).toContain(line)
})

test('says what is running and how late the event loop is', async () => {
  const { body, headers } = await testApp().inject({ url: '/metrics' })
  expect(headers['content-type']).toMatch(/^text\/plain/)
  expect(body).toMatch(/^wm_build_info\{version="\d+\.\d+\.\d+",node="v\d+\.\d+\.\d+"\} 1$/m)
  for (const percentile of ['p50', 'p99', 'max'])
    expect(body).toMatch(new RegExp(`^wm_event_loop_delay_seconds\\{percentile="${percentile}"\\} \\d`, 'm'))
  expect(body).toContain('process_cpu_seconds_total')
})

test('unknown pages make one series, whatever their names', async () => {
  const app = testApp()
  for (const url of ['/a', '/b/c', '/.env']) await app.inject({ url })
  await app.inject({ method: 'DELETE', url: '/metrics' })
  expect(await seriesOf(app, 'wm_requests_total')).toEqual([
    'wm_requests_total{route="unknown",outcome="client_error",reason="OTHER"} 3',
    'wm_requests_total{route="/metrics",outcome="client_error",reason="OTHER"} 1',
  ])
})

test.each([
  ['overloaded', 'server_error', 'REJECTED'],
  ['deadline_exceeded', 'server_error', 'REJECTED'],
  ['canceled', 'client_error', 'CANCELED'],
  ['executor_failed', 'server_error', 'BACKEND'],
  ['session_not_found', 'client_error', 'OTHER'],
] as const)('a rollout that fails with %s is a %s, %s', async (code, outcome, reason) => {
  const app = testApp({
    runner: { ...noRunner, rollout: () => Promise.reject(new DimaError(code, 'no')) },
  })
  await rollout(app, goodRequest())
  expect(await seriesOf(app, 'wm_requests_total')).toEqual([
    `wm_requests_total{model="tiny",version="1",route="/v1/rollout",outcome="${outcome}",reason="${reason}"} 1`,
  ])
  const rejected = (await seriesOf(app, 'wm_rejected_total')).filter((line) => !line.endsWith(' 0'))
  expect(rejected).toEqual(reason === 'REJECTED' ? [`wm_rejected_total{reason="${code}"} 1`] : [])
})

test('an error without a code is the backend', async () => {
  const app = testApp({ runner: { ...fakeRunner, rollout: () => Promise.reject(new TypeError('oh')) } })
  await rollout(app, goodRequest())
  expect((await seriesOf(app, 'wm_requests_total'))[0]).toContain('outcome="server_error",reason="BACKEND"')
})

test('a caller that goes before the reply is counted once, as canceled', async () => {
  const [arrived, left] = [gate(), gate()]
  const app = testApp({
    runner: {
      ...fakeRunner,
      rollout: async (...asked) => {
        arrived.open()
        await left.opened
        return fakeRunner.rollout(...asked)
      },
    },
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const headers = { 'content-type': 'application/json' }
  const call = request({ host: '127.0.0.1', port, method: 'POST', path: '/v1/rollout', headers })
  call.on('error', () => {}).end(JSON.stringify(goodRequest()))
  await arrived.opened
  call.destroy()
  await expect
    .poll(async () => (await seriesOf(app, 'wm_requests_total')).filter((line) => line.includes('rollout')))
    .toEqual([
      'wm_requests_total{model="tiny",version="1",route="/v1/rollout",outcome="client_error",reason="CANCELED"} 1',
    ])
  left.open()
})

test('a socket is counted as a socket, not as a request that takes as long as it lives', async () => {
  const app = testApp()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/stream`)
  await once(socket, 'message') // it greets
  expect(await linesOf(app)).toContain('wm_sockets_open 1')
  socket.close()
  await expect
    .poll(() => linesOf(app), { timeout: 30_000 })
    .toContain('wm_sockets_closed_total{reason="client"} 1')
  const lines = await linesOf(app)
  expect(lines).toContain('wm_sockets_open 0')
  expect(lines.filter((line) => line.includes('route="/v1/stream"'))).toEqual([])
})

test('an upgrade that is refused is a request', async () => {
  const app = testApp()
  const { statusCode } = await app.inject({ url: '/v1/stream' })
  expect(statusCode).toBe(426)
  expect((await seriesOf(app, 'wm_requests_total'))[0]).toContain('route="/v1/stream",outcome="client_error"')
})
