import Value from 'typebox/value'
import { expect, test } from 'vitest'
import {
  KserveProblem,
  Live,
  ModelMetadata,
  ModelReady,
  Ready,
  RepositoryIndex,
  ServerMetadata,
} from '../../src/api/kserve.ts'
import { Repository } from '../../src/registry/repository.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { A, N, O, S } from '../registry/fixture.ts'
import { bundleOf, problemOf, testApp } from './fixture.ts'

const catalog = staticCatalog(
  new Repository([bundleOf('tiny', '1'), { ...bundleOf('tiny', '2'), labels: ['canary'] }]),
  KINDS,
)

test('live and ready', async () => {
  const app = testApp()
  const live = (await app.inject({ url: '/v2/health/live' })).json()
  const ready = (await app.inject({ url: '/v2/health/ready' })).json()
  expect([live, ready]).toEqual([
    { live: true },
    { ready: true, executors: { ready: 1, total: 1, device: 'cpu' } },
  ])
  expect([Value.Check(Live, live), Value.Check(Ready, ready)]).toEqual([true, true])
})

test.each(['/v2/health/ready', '/healthz/proxy'])(
  '%s: a server that has lost its session store is alive',
  async (url) => {
    const store = { lostMs: 0 }
    const app = testApp({ store, config: { STORE_LOST_MS: 500 } })
    for (const lostMs of [0, 500]) {
      store.lostMs = lostMs
      expect((await app.inject({ url })).statusCode).toBe(200)
    }
    store.lostMs = 501
    problemOf(await app.inject({ url }), 503, 'not_ready')
    expect((await app.inject({ url: '/v2/health/live' })).statusCode).toBe(200)
    store.lostMs = 0
    expect((await app.inject({ url })).statusCode).toBe(200)
  },
)

test.each(['/v2/health/ready', '/v2/models/tiny/ready', '/v2/models/tiny/versions/1/ready'])(
  '%s follows the executors and is a problem that clients of the protocol can read',
  async (url) => {
    let works = true
    const app = testApp({ executors: () => ({ ready: works ? 1 : 0, total: 2, device: 'cpu' }) })
    expect((await app.inject({ url })).statusCode).toBe(200)
    works = false
    const response = await app.inject({ url })
    const problem = problemOf(response, 503, 'not_ready')
    expect(Value.Errors(KserveProblem, problem)).toEqual([])
    expect(problem).toMatchObject({ error: problem.detail })
    expect(response.headers['retry-after']).toBe('1')
    expect((await app.inject({ url: '/v2/health/live' })).statusCode).toBe(200)
    expect((await app.inject({ url: '/healthz' })).statusCode).toBe(200)
    works = true
    expect((await app.inject({ url })).statusCode).toBe(200)
  },
)

test('without a model the server lives and is not ready', async () => {
  const app = testApp({ catalog: staticCatalog(new Repository([]), KINDS) })
  problemOf(await app.inject({ url: '/v2/health/ready' }), 503, 'not_ready')
  expect((await app.inject({ url: '/v2/health/live' })).statusCode).toBe(200)
})

test('describes the server', async () => {
  const body = (await testApp().inject({ url: '/v2' })).json()
  expect(Value.Errors(ServerMetadata, body)).toEqual([])
  expect(body).toMatchObject({ name: 'dima', extensions: ['binary_tensor_data'] })
})

test('describes the tensors of a rollout, free dimensions as -1', async () => {
  const body = (await testApp({ catalog }).inject({ url: '/v2/models/tiny' })).json()
  expect(Value.Errors(ModelMetadata, body)).toEqual([])
  expect(body).toMatchObject({ name: 'tiny', versions: ['1', '2'], platform: 'onnx_onnxv1' })
  const shapes = (list: { name: string; datatype: string; shape: number[] }[]) =>
    Object.fromEntries(list.map(({ name, datatype, shape }) => [name, [datatype, ...shape]]))
  expect(shapes(body.inputs)).toEqual({
    start_states: ['FP64', -1, -1, S],
    start_actions: ['FP32', -1, -1, N, A],
    actions: ['FP32', -1, -1, N, A],
    seed: ['UINT32', 1],
  })
  expect(shapes(body.outputs)).toEqual({
    states: ['FP64', -1, -1, S],
    observations: ['FP32', -1, -1, N, O],
    rewards: ['FP32', -1, -1],
    terminations: ['BOOL', -1, -1],
    termination_probabilities: ['FP32', -1, -1],
    actions: ['FP32', -1, -1, N, A],
    ood: ['FP64', -1, -1],
    lengths: ['INT32', -1],
  })
})

test('a version, by number or label, is described and ready', async () => {
  const app = testApp({ catalog })
  const of = async (path: string) => (await app.inject({ url: `/v2/models/tiny/versions/${path}` })).json()
  expect(await of('2')).toEqual(await of('canary'))
  const ready = await of('2/ready')
  expect(Value.Errors(ModelReady, ready)).toEqual([])
  expect(ready).toEqual({ name: 'tiny', ready: true })
})

test.each([
  'horse',
  'horse/ready',
  'tiny/versions/9',
  'tiny/versions/9/ready',
  'tiny/versions/stable',
  '..%2fx',
])('does not know %s', async (path) => {
  const problem = problemOf(
    await testApp({ catalog }).inject({ url: `/v2/models/${path}` }),
    404,
    'unknown_model',
  )
  expect(problem).toMatchObject({ error: problem.detail })
})

test('lists what is served, and on request what was refused', async () => {
  const refused = [
    { reference: 'tiny/3', reason: 'secret' },
    { reference: 'horse@stable', reason: 'secret' },
    { reference: 'tiny/2', reason: 'another content of it' },
  ]
  const repository = new Repository([bundleOf('tiny', '1'), bundleOf('tiny', '2')], refused)
  const app = testApp({ catalog: staticCatalog(repository, KINDS) })
  const index = async (payload?: object) =>
    (
      await app.inject({ method: 'POST', url: '/v2/repository/index', ...(payload ? { payload } : {}) })
    ).json()
  const all = await index()
  expect(Value.Errors(RepositoryIndex, all)).toEqual([])
  expect(all).toMatchObject([
    { name: 'tiny', version: '1', state: 'READY', reason: '' },
    { name: 'tiny', version: '2', state: 'READY' },
    { name: 'tiny', version: '3', state: 'UNAVAILABLE' },
    { name: 'horse', version: 'stable', state: 'UNAVAILABLE' },
  ])
  expect(JSON.stringify(all)).not.toContain('secret')
  expect(await index({ ready: true })).toEqual(all.slice(0, 2))
  const url = '/v2/repository/index'
  problemOf(await app.inject({ method: 'POST', url, payload: { ready: 'yes' } }), 400, 'invalid_request')
})
