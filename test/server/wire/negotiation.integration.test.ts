import type { FastifyInstance } from 'fastify'
import { Packr, Unpackr } from 'msgpackr'
import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { RolloutResponse } from '../../../src/api/rollout.ts'
import { A, H, N, O, S } from '../../registry/fixture.ts'
import { actionsOf, fakeRunner, goodRequest, problemOf, startOf, testApp } from '../fixture.ts'

const packr = new Packr({ useRecords: false, variableMapSize: true })
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true })

const post = (
  app: FastifyInstance,
  payload: Buffer | string,
  headers: Record<string, string>,
  url = '/v1/rollout',
) => app.inject({ method: 'POST', url, headers, payload })

const asJson = { 'content-type': 'application/json' }
const asMsgpack = { 'content-type': 'application/msgpack' }

interface Marker {
  __ndarray__: true
  dtype: string
  shape: number[]
  data: Buffer
}

/** What a client in another language makes of a marker. */
function numbersOf({ dtype, data }: Marker): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const [width, read] =
    dtype === '<f4'
      ? [4, (at: number) => view.getFloat32(at, true)]
      : [8, (at: number) => view.getFloat64(at, true)]
  return Array.from({ length: data.length / (width as number) }, (_, i) =>
    (read as (at: number) => number)(i * (width as number)),
  )
}

test('the same rollout in both formats has the same numbers', async () => {
  const app = testApp()
  const json = (await post(app, JSON.stringify(goodRequest()), asJson)).json()
  const response = await post(app, packr.pack(goodRequest()), asMsgpack)
  expect(response.headers['content-type']).toBe('application/msgpack')
  const body = unpackr.unpack(response.rawPayload)
  expect(body.states).toMatchObject({ __ndarray__: true, dtype: '<f8', shape: [2, 4, S] })
  expect(body.observations.back).toMatchObject({ dtype: '<f4', shape: [2, 4, O] })
  expect(numbersOf(body.states)).toEqual(json.states.flat(2))
  expect(numbersOf(body.observations.back)).toEqual(json.observations.back.flat(2))
  expect(numbersOf(body.rewards)).toEqual(json.rewards.flat())
  for (const name of ['terminations', 'lengths', 'seed', 'agents', 'model', 'order'])
    expect(body[name]).toEqual(json[name])
})

test('arrays as NumPy sends them ask for the same as nested lists', async () => {
  const app = testApp()
  const { starts, actions } = goodRequest()
  const flat = Float32Array.from(actions.flat(3))
  const numpy = (data: Float32Array | Float64Array, shape: number[]) =>
    new Map<unknown, unknown>([
      [Buffer.from('__ndarray__'), true],
      [Buffer.from('data'), Buffer.from(data.buffer)],
      [Buffer.from('dtype'), data instanceof Float32Array ? '<f4' : '<f8'],
      [Buffer.from('shape'), shape],
    ])
  const { states, actions: past } = starts[0]!
  const request = {
    actions: numpy(flat, [2, 4, N, A]),
    starts: [
      {
        states: numpy(Float64Array.from(states.flat()), [3, S]),
        actions: past!.map((joint) => numpy(Float32Array.from(joint.flat()), [N, A])),
      },
    ],
    seed: 7,
  }
  const [tensors, lists] = [
    await post(app, packr.pack(request), { ...asMsgpack, accept: 'application/json' }),
    await post(app, JSON.stringify(goodRequest()), asJson),
  ]
  expect(tensors.json().states).toEqual(lists.json().states)
})

test.each([
  [[2, 4, N], 'invalid_shape', 'actions'],
  [[2, 4, A, N], 'invalid_shape', 'actions'],
  [[9, 1, N, A], 'batch_out_of_range', 'actions'],
  [[1, H + 1, N, A], 'horizon_out_of_range', 'actions[0]'],
  [[2 * 4 * N * A], 'batch_out_of_range', 'actions'],
  [[6], 'invalid_shape', 'actions'],
  [[], 'invalid_shape', 'actions'],
])('a tensor of shape %j is %s', async (shape, code, field) => {
  const size = shape.reduce((product, n) => product * n, 1)
  const actions = { __ndarray__: true, dtype: '<f4', shape, data: Buffer.alloc(4 * size) }
  const response = await post(testApp(), packr.pack({ starts: [startOf(1)], actions }), asMsgpack)
  expect(problemOf(response, 400, code).errors[0]).toMatchObject({ field })
})

test('a number in a tensor that is not finite is named', async () => {
  const data = Float32Array.from(actionsOf(2, 4).flat(3))
  data[((1 * 4 + 2) * N + 1) * A + 1] = Number.NaN
  const actions = { __ndarray__: true, dtype: '<f4', shape: [2, 4, N, A], data: Buffer.from(data.buffer) }
  const response = await post(testApp(), packr.pack({ starts: [startOf(1)], actions }), asMsgpack)
  const { errors } = problemOf(response, 400, 'not_finite')
  expect(errors[0]).toMatchObject({ field: 'actions[1][2][1][1]', given: 'NaN' })
})

test.each([
  [asJson, undefined, 'application/json; charset=utf-8'],
  [asMsgpack, undefined, 'application/msgpack'],
  [{ 'content-type': 'application/x-msgpack' }, undefined, 'application/msgpack'],
  [asJson, '*/*', 'application/json; charset=utf-8'],
  [asMsgpack, '*/*', 'application/msgpack'],
  [asMsgpack, 'application/*;q=0.5', 'application/msgpack'],
  [asMsgpack, 'application/json', 'application/json; charset=utf-8'],
  [asJson, 'application/msgpack', 'application/msgpack'],
  [asJson, 'application/x-msgpack, text/html', 'application/msgpack'],
  [asJson, 'application/json;q=0.5, application/msgpack', 'application/msgpack'],
  [asMsgpack, 'application/msgpack;q=0.1, */*;q=0.5', 'application/json; charset=utf-8'],
  [asMsgpack, 'application/msgpack;q=0, */*', 'application/json; charset=utf-8'],
  [asJson, 'APPLICATION/MSGPACK ; Q=1', 'application/msgpack'],
] as const)('a request of %j that accepts %s', async (headers, accept, type) => {
  const payload = headers === asJson ? JSON.stringify(goodRequest()) : packr.pack(goodRequest())
  const response = await post(testApp(), payload, { ...headers, ...(accept ? { accept } : {}) })
  expect({ status: response.statusCode, type: response.headers['content-type'] }).toEqual({
    status: 200,
    type,
  })
})

test.each([
  'text/html',
  'image/*, text/*',
  'application/json;q=0, application/msgpack;q=0',
  'application/xml',
])('what accepts only %s is refused before anything is computed', async (accept) => {
  const runner = { ...fakeRunner, rollout: () => Promise.reject(new Error('was asked')) }
  const response = await post(testApp({ runner }), JSON.stringify(goodRequest()), { ...asJson, accept })
  problemOf(response, 406, 'not_acceptable')
})

test('pages for browsers and scrapers ignore what they accept; those that are objects come in msgpack too', async () => {
  const app = testApp()
  expect(
    (await app.inject({ url: '/v1/models', headers: { accept: 'text/html' } })).json().models,
  ).toHaveLength(1)
  const { rawPayload } = await app.inject({ url: '/v1/models', headers: { accept: 'application/msgpack' } })
  expect(unpackr.unpack(rawPayload).models).toHaveLength(1)
  const metrics = await app.inject({ url: '/metrics', headers: { accept: 'application/msgpack' } })
  expect(metrics.headers['content-type']).toMatch(/^text\/plain/)
})

test.each([
  [asMsgpack, Buffer.from('c1', 'hex'), 'invalid_msgpack'],
  [asMsgpack, '', 'invalid_msgpack'],
  [asMsgpack, Buffer.from('80c0', 'hex'), 'invalid_msgpack'],
  [asMsgpack, Buffer.concat([Buffer.alloc(1000, 0x91), Buffer.from([0xc0])]), 'too_deep'],
  [asMsgpack, Buffer.from('90', 'hex'), 'invalid_request'],
  [asMsgpack, Buffer.from('c403010203', 'hex'), 'invalid_request'],
  [asJson, '['.repeat(17) + ']'.repeat(17), 'too_deep'],
  [asJson, '['.repeat(100_000) + ']'.repeat(100_000), 'too_deep'],
  [asJson, '{', 'invalid_json'],
] as const)('%j with a wrong body is a problem', async (headers, payload, code) => {
  problemOf(await post(testApp(), payload, headers), 400, code)
})

test('problems are JSON whatever is accepted', async () => {
  const response = await post(testApp(), packr.pack({ nonsense: 1 }), {
    ...asMsgpack,
    accept: 'application/msgpack',
  })
  problemOf(response, 400, 'invalid_request')
})

test('a large reply goes out in pieces and is the same', async () => {
  const app = testApp({ config: { MAX_BATCH: 300 } })
  const request = { starts: [startOf(1)], actions: actionsOf(300, H), seed: 3 }
  const response = await post(app, JSON.stringify(request), asJson)
  expect(response.headers['content-length']).toBeUndefined()
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
  const body = response.json()
  expect(Value.Errors(RolloutResponse, body)).toEqual([])
  expect(JSON.stringify(body)).toBe(response.body)
  const packed = await post(app, JSON.stringify(request), { ...asJson, accept: 'application/msgpack' })
  expect(numbersOf(unpackr.unpack(packed.rawPayload).states)).toEqual(body.states.flat(2))
})
