// What others report: steps, batches, sockets, sessions, executors. No HTTP here.
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { OPERATION_NAMES } from '../../src/api/stream.ts'
import { ERRORS } from '../../src/common/error-table.ts'
import type { ErrorCode } from '../../src/common/errors.ts'
import type { Bundle } from '../../src/registry/load.ts'
import { Repository } from '../../src/registry/repository.ts'
import { type Catalog, staticCatalog } from '../../src/server/catalog.ts'
import { createMetrics, type Metrics } from '../../src/server/metrics/metrics.ts'
import { outcomeOf, reasonOf } from '../../src/server/metrics/outcome.ts'
import { FORMATS } from '../../src/server/metrics/requests.ts'
import { SOCKET_CLOSE_REASONS } from '../../src/server/metrics/sockets.ts'
import type { Sources } from '../../src/server/metrics/state.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { bundleOf } from './fixture.ts'

function metricsOf(change: Partial<Sources> = {}): Metrics {
  const catalog = staticCatalog(new Repository([bundleOf()]), KINDS)
  const metrics = createMetrics({ catalog, version: '1.2.3', ...change })
  onTestFinished(() => metrics.close())
  return metrics
}

/** Lines of one metric that are not zero, without its name. */
async function read(metrics: Metrics, name: string): Promise<string[]> {
  const lines = (await metrics.render()).text.split('\n')
  return lines
    .filter((line) => line.startsWith(name) && /^[{ ]/.test(line.slice(name.length)) && !line.endsWith(' 0'))
    .map((line) => line.slice(name.length))
}

const step = { model: 'tiny', version: '1', queueMs: 2, computeMs: 4 }

test('steps are counted with what they waited and were computed', async () => {
  const metrics = metricsOf()
  for (let i = 0; i < 3; i++) metrics.step(step)
  expect(await read(metrics, 'wm_steps_total')).toEqual(['{model="tiny",version="1"} 3'])
  expect(await read(metrics, 'wm_queue_duration_seconds_sum')).toEqual(['{kind="step"} 0.006'])
  expect(await read(metrics, 'wm_compute_duration_seconds_sum')).toEqual([
    '{model="tiny",version="1",kind="step"} 0.012',
  ])
})

test('rows over batches is the mean batch, by model and device', async () => {
  const metrics = metricsOf()
  const { digest } = bundleOf()
  metrics.executed({ digest, kind: 'step', rows: 3, computeMs: 10, device: 'cpu' })
  metrics.executed({ digest, kind: 'step', rows: 64, computeMs: 30, device: 'cpu' })
  metrics.executed({ digest: 'never served', kind: 'rollout', rows: 5, computeMs: 1, device: 'cuda:1' })
  const labels = '{model="tiny",version="1",kind="step",device="cpu"}'
  const elsewhere = '{kind="rollout",device="cuda:1"}'
  expect(await read(metrics, 'wm_inference_total')).toEqual([`${labels} 67`, `${elsewhere} 5`])
  expect(await read(metrics, 'wm_execution_total')).toEqual([`${labels} 2`, `${elsewhere} 1`])
  expect((await read(metrics, 'wm_execution_seconds_total'))[0]).toBe(`${labels} 0.04`)
  expect(await read(metrics, 'wm_batch_size_bucket')).toContain('{le="4",kind="step"} 1')
  expect(await read(metrics, 'wm_batch_size_bucket')).toContain('{le="64",kind="step"} 2')
})

test('messages of a socket are counted by operation, and one made up by a client is unknown', async () => {
  const metrics = metricsOf()
  metrics.message('step', 'ok', 0.01)
  metrics.message('step', 'session_busy', 0.01)
  metrics.message('step', 'executor_failed', 0.01)
  for (let i = 0; i < 5; i++) metrics.message(`drop table ${i}`, 'unknown_type', 0.001)
  expect(await read(metrics, 'wm_socket_messages_total')).toEqual([
    '{op="step",outcome="ok"} 1',
    '{op="step",outcome="client_error"} 1',
    '{op="step",outcome="server_error"} 1',
    '{op="unknown",outcome="client_error"} 5',
  ])
  expect(await read(metrics, 'wm_request_duration_seconds_count')).toEqual([
    '{route="stream step"} 3',
    '{route="stream unknown"} 5',
  ])
  expect(await read(metrics, 'wm_rejected_total')).toEqual(['{reason="session_busy"} 1'])
})

test('sockets open and close', async () => {
  const metrics = metricsOf()
  metrics.socketOpened()
  metrics.socketOpened()
  metrics.socketClosed('slow')
  expect(await read(metrics, 'wm_sockets_open')).toEqual([' 1'])
  expect(await read(metrics, 'wm_sockets_closed_total')).toEqual(['{reason="slow"} 1'])
})

test('replies are counted by the format they were written in', async () => {
  const metrics = metricsOf()
  metrics.serialized('msgpack', 0.002)
  metrics.serialized('json', 0.2)
  expect(await read(metrics, 'wm_serialize_duration_seconds_sum')).toEqual([
    '{format="msgpack"} 0.002',
    '{format="json"} 0.2',
  ])
})

test('rare things show as 0 before they happen, so that the first is an increase', async () => {
  const metrics = metricsOf()
  const { text } = await metrics.render()
  for (const series of [
    'wm_executor_restarts_total{reason="died"}',
    'wm_executor_restarts_total{reason="wedged"}',
    'wm_reloads_total{outcome="failed"}',
    'wm_sessions_closed_total{reason="expired"}',
    'wm_rejected_total{reason="overloaded"}',
  ])
    expect(text).toContain(`${series} 0\n`)
  metrics.executorRestarted('wedged')
  metrics.reloaded('failed')
  metrics.sessionClosed('expired')
  metrics.rejected('overloaded')
  expect(await read(metrics, 'wm_executor_restarts_total')).toEqual(['{reason="wedged"} 1'])
  expect(await read(metrics, 'wm_reloads_total')).toEqual(['{outcome="failed"} 1'])
  expect(await read(metrics, 'wm_sessions_closed_total')).toEqual(['{reason="expired"} 1'])
  expect(await read(metrics, 'wm_rejected_total')).toEqual(['{reason="overloaded"} 1'])
})

test('gauges are read when somebody looks', async () => {
  const pool = { pendingSteps: 3, pendingRollouts: 4, executorsReady: 1, executorsStarting: 1 }
  const sessions = { open: 5, capacity: 100, stateBytes: 6000 }
  const metrics = metricsOf({ pool: () => pool, sessions: () => sessions })
  expect(await read(metrics, 'wm_pending_requests')).toEqual(['{kind="step"} 3', '{kind="rollout"} 4'])
  expect(await read(metrics, 'wm_executors')).toEqual(['{state="ready"} 1', '{state="starting"} 1'])
  expect(await read(metrics, 'wm_model_ready')).toEqual(['{model="tiny",version="1"} 1'])
  Object.assign(pool, { executorsReady: 0, executorsStarting: 2 })
  sessions.open = 6
  expect(await read(metrics, 'wm_executors')).toEqual(['{state="starting"} 2'])
  expect((await metrics.render()).text).toContain('wm_model_ready{model="tiny",version="1"} 0\n')
  expect(await read(metrics, 'wm_sessions_open')).toEqual([' 6'])
  expect(await read(metrics, 'wm_sessions_capacity')).toEqual([' 100'])
  expect(await read(metrics, 'wm_session_state_bytes')).toEqual([' 6000'])
})

test('every error code has an outcome that fits its status', () => {
  for (const [code, { status }] of Object.entries(ERRORS) as [ErrorCode, { status: number }][]) {
    expect(outcomeOf(code)).toBe(status < 500 ? 'client_error' : 'server_error')
    expect(['REJECTED', 'CANCELED', 'BACKEND', 'OTHER']).toContain(reasonOf(code))
    if (status === 429 || (status === 503 && !['executor_failed', 'session_store'].includes(code)))
      expect(reasonOf(code), code).toBe('REJECTED')
  }
  expect([outcomeOf(undefined), reasonOf(undefined)]).toEqual(['ok', 'ok'])
})

/** A catalog whose folder changes. */
function changingCatalog(bundles: Bundle[]): { catalog: Catalog; serve(bundles: Bundle[]): void } {
  let now = staticCatalog(new Repository(bundles), KINDS)
  const catalog: Catalog = {
    kinds: KINDS,
    get repository() {
      return now.repository
    },
    model: (reference) => now.model(reference),
    byDigest: (digest) => now.byDigest(digest),
    reload: async () => {},
    onReload: () => {},
  }
  const serve = (next: Bundle[]) => {
    now = staticCatalog(new Repository(next), KINDS)
  }
  return { catalog, serve }
}

test('a session that outlives its model is still counted under its name', async () => {
  const { catalog, serve } = changingCatalog([bundleOf()])
  const metrics = metricsOf({ catalog })
  const batch = { digest: bundleOf().digest, kind: 'step', rows: 1, computeMs: 1, device: 'cpu' } as const
  metrics.executed(batch)
  serve([bundleOf('tiny', '2')])
  metrics.executed(batch)
  expect(await read(metrics, 'wm_inference_total')).toEqual([
    '{model="tiny",version="1",kind="step",device="cpu"} 2',
  ])
  expect(await read(metrics, 'wm_model_ready')).toEqual(['{model="tiny",version="2"} 1'])
})

test('versions that are gone make room for new ones', async () => {
  const { catalog, serve } = changingCatalog([])
  const metrics = metricsOf({ catalog })
  for (let version = 1; version <= 40; version++) {
    serve([bundleOf('tiny', String(version))])
    metrics.step({ ...step, version: String(version) })
  }
  const series = await read(metrics, 'wm_steps_total')
  expect(series.length).toBeLessThanOrEqual(10)
  expect(series.at(-1)).toBe('{model="tiny",version="40"} 1')
})

test('more models than have a place share the series of others', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `model-${i}`)
  const metrics = metricsOf({
    catalog: staticCatalog(new Repository(names.map((name) => bundleOf(name))), KINDS),
  })
  for (const model of names) metrics.step({ ...step, model })
  const series = await read(metrics, 'wm_steps_total')
  expect(series).toHaveLength(11)
  expect(series.at(-1)).toBe('{model="other",version="other"} 2')
})

/** Others are counted under these names. */
const isName = (route: string): boolean =>
  !route.startsWith('/rollout') && !route.includes('/versions/') && route !== '/healthz/proxy'

test('whatever happens, there are fewer than 2,000 series', async () => {
  const names = Array.from({ length: 16 }, (_, i) => `model-${i}`)
  const metrics = metricsOf({
    catalog: staticCatalog(new Repository(names.map((name) => bundleOf(name))), KINDS),
    pool: () => ({ pendingSteps: 1, pendingRollouts: 1, executorsReady: 1, executorsStarting: 1 }),
    sessions: () => ({ open: 1, capacity: 1, stateBytes: 1 }),
  })
  const codes = Object.keys(ERRORS) as ErrorCode[]
  const document = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'))
  const routes = ['unknown', '/v1/stream', ...Object.keys(document.paths)].filter(isName)
  for (const model of names) {
    const of = { model, version: '1', queueMs: 1, computeMs: 1 }
    metrics.step(of)
    for (const plan of ['joint', 'sequential', 'progressive'])
      metrics.rollout({ ...of, plan, batch: 1, horizon: 1 })
    for (const kind of ['step', 'rollout'] as const)
      metrics.executed({ digest: bundleOf(model).digest, kind, rows: 1, computeMs: 1, device: 'cpu' })
    for (const route of routes.filter((one) => /session|rollout/.test(one))) {
      const failures = /rollout|\}.step$/.test(route) ? codes : [] // others fail before there is a model
      for (const code of [undefined, ...failures])
        metrics.request({ route, code, ms: 1, model, version: '1' })
    }
  }
  for (const route of routes) for (const code of codes) metrics.request({ route, code, ms: 1 })
  for (const op of [...OPERATION_NAMES, 'x', 'y'])
    for (const outcome of ['ok', ...codes] as const) metrics.message(op, outcome, 1)
  for (const format of FORMATS) metrics.serialized(format, 1)
  for (const reason of SOCKET_CLOSE_REASONS) metrics.socketClosed(reason)
  const series = (await metrics.render()).text.split('\n').filter((line) => line && !line.startsWith('#'))
  expect(series.length).toBeGreaterThan(1000)
  expect(series.length).toBeLessThan(2000)
})
