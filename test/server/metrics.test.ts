import { expect, test } from 'vitest'
import { Repository } from '../../src/registry/repository.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { bundleOf, goodRequest, rollout, testApp } from './fixture.ts'

test('counts requests, rollouts and steps', async () => {
  const refused = [{ reference: 'bad/1', reason: 'bad/1: embed.onnx is missing' }]
  const app = testApp({ catalog: staticCatalog(new Repository([bundleOf()], refused)) })
  await rollout(app, goodRequest())
  await rollout(app, { ...goodRequest(), plan: 'sequential' }, '/rollout')
  await rollout(app, { ...goodRequest(), seed: 'x' })
  const { body, headers } = await app.inject({ url: '/metrics' })
  expect(headers['content-type']).toMatch(/^text\/plain/)
  for (const line of [
    'wm_requests_total{route="/v1/rollout",method="POST",status="200"} 1',
    'wm_requests_total{route="/v1/rollout",method="POST",status="400"} 1',
    'wm_requests_total{route="/rollout",method="POST",status="200"} 1',
    'wm_request_duration_seconds_count{route="/v1/rollout"} 2',
    'wm_queue_duration_seconds_count 2',
    'wm_compute_duration_seconds_count{model="tiny",version="1",plan="joint"} 1',
    'wm_rollouts_total{model="tiny",version="1",plan="sequential"} 1',
    'wm_steps_total{model="tiny",version="1"} 16',
    'wm_models_refused 1',
  ])
    expect(body.split('\n')).toContain(line)
  for (const name of ['wm_build_info{version="', 'wm_event_loop_delay_seconds', 'process_cpu_seconds_total'])
    expect(body).toContain(name)
})

test('unknown pages and methods make one series, whatever their names', async () => {
  const app = testApp()
  for (const url of ['/a', '/b/c', '/.env']) await app.inject({ url })
  await app.inject({ method: 'DELETE', url: '/metrics' })
  const { body } = await app.inject({ url: '/metrics' })
  const series = body.split('\n').filter((line) => line.startsWith('wm_requests_total'))
  expect(series).toEqual([
    'wm_requests_total{route="unknown",method="GET",status="404"} 3',
    'wm_requests_total{route="/metrics",method="DELETE",status="405"} 1',
  ])
})
