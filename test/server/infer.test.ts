// Infer of the Open Inference Protocol: what POST /v1/rollout gives, as tensors in and tensors out, in JSON and as bytes.
import type { FastifyInstance } from 'fastify'
import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { InferReply, KserveProblem } from '../../src/api/kserve.ts'
import { Repository } from '../../src/registry/repository.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { A, H, N, O, S } from '../registry/fixture.ts'
import { actionsOf, policyBundle, problemOf, rollout, startOf, statesOf, testApp } from './fixture.ts'

const url = '/v2/models/tiny/infer'
const [B, T] = [2, 4]

interface Tensor {
  name: string
  shape: number[]
  datatype: string
  data?: unknown
  parameters?: object
}

const inputs = (): Tensor[] => [
  { name: 'start_states', datatype: 'FP64', shape: [1, 3, S], data: [statesOf(3)] },
  { name: 'start_actions', datatype: 'FP32', shape: [1, 2, N, A], data: actionsOf(1, 2).flat(4) },
  { name: 'actions', datatype: 'FP32', shape: [B, T, N, A], data: actionsOf(B, T) },
  { name: 'seed', datatype: 'UINT32', shape: [1], data: [7] },
]
const changed = (name: string, change: Partial<Tensor>) =>
  inputs().map((input) => (input.name === name ? { ...input, ...change } : input))

const infer = (app: FastifyInstance, payload: object, page = url) =>
  app.inject({ method: 'POST', url: page, payload })
const byName = (reply: { outputs: Tensor[] }) =>
  Object.fromEntries(reply.outputs.map((one) => [one.name, one]))

/** The same rollout over REST: starts and actions, all in 32 bits. */
async function expected(app: FastifyInstance) {
  const outputs = [
    'states',
    'observations',
    'rewards',
    'terminations',
    'termination_probabilities',
    'actions',
    'ood',
  ]
  return (await rollout(app, { starts: [startOf(3)], actions: actionsOf(B, T), seed: 7, outputs })).json()
}

test('gives what POST /v1/rollout gives', async () => {
  const app = testApp()
  const reply = (await infer(app, { id: 'mine', inputs: inputs() })).json()
  expect(Value.Errors(InferReply, reply)).toEqual([])
  expect(reply).toMatchObject({
    model_name: 'tiny',
    model_version: '1',
    id: 'mine',
    parameters: { seed: 7, clipped_actions: 0 },
  })
  const rest = await expected(app)
  const outputs = byName(reply)
  expect(Object.keys(outputs)).toHaveLength(8)
  for (const name of [
    'states',
    'rewards',
    'terminations',
    'termination_probabilities',
    'actions',
    'ood',
    'lengths',
  ])
    expect(outputs[name]!.data, name).toEqual(rest[name].flat(4))
  expect(outputs.observations).toMatchObject({ shape: [B, T, N, O], datatype: 'FP32' })
  const { front, back } = rest.observations
  expect(outputs.observations!.data).toEqual(
    front.flatMap((row: number[][], b: number) => row.flatMap((seen, t) => [...seen, ...back[b][t]])),
  )
  expect([outputs.states!.shape, outputs.lengths!.shape]).toEqual([[B, T, S], [B]])
})

test('a version, chosen outputs, a start for each row, parameters, and a seed that is drawn', async () => {
  const app = testApp()
  const states = [statesOf(1), statesOf(1).map((row) => row.map((x) => x + 1))]
  const request = {
    inputs: [
      { name: 'start_states', datatype: 'FP32', shape: [2, 1, S], data: states },
      { name: 'actions', datatype: 'FP64', shape: [2, 1, N, A], data: actionsOf(2, 1).flat(3) },
    ],
    outputs: [{ name: 'rewards' }],
    parameters: { plan: 'sequential', order: 'ascending', timeout: 5_000_000 },
  }
  const reply = (await infer(app, request, '/v2/models/tiny/versions/1/infer')).json()
  expect(reply.outputs).toMatchObject([{ name: 'rewards', shape: [2, 1] }])
  const again = {
    ...request,
    inputs: [...request.inputs, { ...inputs()[3]!, data: [reply.parameters.seed] }],
  }
  expect((await infer(app, again)).json().outputs).toEqual(reply.outputs)
})

test('the policy may act for all', async () => {
  const app = testApp({ catalog: staticCatalog(new Repository([policyBundle()]), KINDS) })
  const request = { inputs: inputs().slice(0, 2), parameters: { policy: 'mean', horizon: 3 } }
  expect(byName((await infer(app, request)).json()).actions!.shape).toEqual([1, 3, N, A])
  problemOf(await infer(testApp(), request), 400, 'no_policy')
})

const bytesOf = ({ datatype, data }: Tensor): Buffer => {
  const flat = [data].flat(9) as number[]
  if (datatype === 'UINT32') return Buffer.from(Uint32Array.from(flat).buffer)
  return Buffer.from((datatype === 'FP64' ? Float64Array.from(flat) : Float32Array.from(flat)).buffer)
}

/** As Triton's client writes it: tensors as bytes behind the JSON, and no content type. */
function binaryBody(tensors: Tensor[], rest: object = {}) {
  const blobs = tensors.map(bytesOf)
  const listed = tensors.map(({ data: _, ...tensor }, i) => ({
    ...tensor,
    parameters: { binary_data_size: blobs[i]!.length },
  }))
  const json = Buffer.from(JSON.stringify({ inputs: listed, ...rest }))
  return {
    payload: Buffer.concat([json, ...blobs]),
    headers: { 'inference-header-content-length': String(json.length) },
  }
}

test('bytes in, bytes out', async () => {
  const app = testApp()
  const rest = await expected(app)
  for (const type of [{}, { 'content-type': 'application/octet-stream' }]) {
    const { payload, headers } = binaryBody(inputs(), { parameters: { binary_data_output: true } })
    const response = await app.inject({ method: 'POST', url, payload, headers: { ...headers, ...type } })
    expect(response.headers['content-type']).toBe('application/octet-stream')
    const head = Number(response.headers['inference-header-content-length'])
    const reply = JSON.parse(response.rawPayload.subarray(0, head).toString())
    expect(Value.Errors(InferReply, reply)).toEqual([])
    let at = head
    const read: Record<string, Buffer> = {}
    for (const { name, parameters } of reply.outputs) {
      read[name] = response.rawPayload.subarray(at, at + parameters.binary_data_size)
      at += parameters.binary_data_size
    }
    expect(at).toBe(response.rawPayload.length)
    const copied = (name: string) => new Uint8Array(read[name]!).buffer
    expect([...new Float64Array(copied('states'))]).toEqual(rest.states.flat(2))
    expect([...new Float32Array(copied('actions'))]).toEqual(rest.actions.flat(3))
    expect([...new Uint8Array(copied('terminations'))]).toEqual(rest.terminations.flat().map(Number))
    expect([...new Int32Array(copied('lengths'))]).toEqual(rest.lengths)
  }
})

test('some outputs as bytes, others as lists', async () => {
  const outputs = [{ name: 'rewards', parameters: { binary_data: true } }, { name: 'lengths' }]
  const response = await infer(testApp(), { inputs: inputs(), outputs })
  const head = Number(response.headers['inference-header-content-length'])
  expect(JSON.parse(response.rawPayload.subarray(0, head).toString()).outputs).toMatchObject([
    { name: 'rewards', parameters: { binary_data_size: 4 * B * T } },
    { name: 'lengths', data: [T, T] },
  ])
})

test.each<[what: string, payload: object, code: string, field: string]>([
  ['nothing', {}, 'invalid_request', 'inputs'],
  [
    'an unknown parameter',
    { inputs: inputs(), parameters: { sequence_id: 1 } },
    'invalid_request',
    'parameters.sequence_id',
  ],
  [
    'an unknown input',
    { inputs: [...inputs().slice(1), { ...inputs()[0], name: 'x' }] },
    'invalid_request',
    'inputs.x',
  ],
  [
    'an input twice',
    { inputs: [...inputs().slice(1), inputs()[1]!] },
    'invalid_request',
    'inputs.start_actions',
  ],
  ['no start', { inputs: inputs().slice(1) }, 'invalid_request', 'inputs.start_states'],
  [
    'no actions between',
    { inputs: inputs().filter((one) => one.name !== 'start_actions') },
    'invalid_request',
    'inputs.start_actions',
  ],
  ['no actions', { inputs: inputs().slice(0, 2) }, 'invalid_request', 'actions'],
  [
    'a wrong shape',
    { inputs: changed('actions', { shape: [B, T, A, N] }) },
    'invalid_shape',
    'inputs.actions',
  ],
  [
    'a wrong rank',
    { inputs: changed('start_states', { shape: [3, S] }) },
    'invalid_shape',
    'inputs.start_states',
  ],
  ['too few numbers', { inputs: changed('actions', { data: [1, 2] }) }, 'invalid_shape', 'inputs.actions'],
  [
    'a shape without end',
    { inputs: changed('actions', { shape: [1e9, 1e9, N, A], data: [] }) },
    'batch_out_of_range',
    'inputs.actions',
  ],
  [
    'empty rows without end',
    { inputs: changed('start_states', { shape: [1e9, 0, S], data: [] }) },
    'batch_out_of_range',
    'inputs.start_states',
  ],
  ['a text', { inputs: changed('seed', { data: ['7'] }) }, 'invalid_request', 'inputs.seed.data'],
  ['no list', { inputs: changed('seed', { data: 7 }) }, 'invalid_request', 'inputs.seed.data'],
  [
    'another type',
    { inputs: changed('seed', { datatype: 'BYTES' }) },
    'invalid_request',
    'inputs[3].datatype',
  ],
  ['a seed that is none', { inputs: changed('seed', { data: [-1] }) }, 'invalid_request', 'seed'],
  ['an unknown output', { inputs: inputs(), outputs: [{ name: 'x' }] }, 'invalid_request', 'outputs[0].name'],
  [
    'bytes that are not there',
    { inputs: changed('seed', { data: undefined, parameters: { binary_data_size: 4 } }) },
    'invalid_request',
    'inputs.seed',
  ],
  [
    'too many rows',
    { inputs: changed('start_states', { shape: [9, 3, S], data: Array(9).fill(statesOf(3)) }) },
    'batch_out_of_range',
    'inputs.start_states',
  ],
  [
    'too many steps',
    { inputs: changed('actions', { shape: [1, H + 1, N, A], data: actionsOf(1, H + 1) }) },
    'horizon_out_of_range',
    'inputs.actions',
  ],
])('refuses %s, in the words of the protocol too', async (_, payload, code, field) => {
  const problem = problemOf(await infer(testApp(), payload), 400, code)
  expect(Value.Errors(KserveProblem, problem)).toEqual([])
  expect(problem.errors[0]).toMatchObject({ field })
  expect(problem).toMatchObject({ error: problem.detail })
})

test.each([
  ['a header that is no number', { 'inference-header-content-length': 'x' }, 'invalid_request', 400],
  ['a header past the end', { 'inference-header-content-length': '99999' }, 'invalid_request', 400],
  ['a header in the middle of the JSON', { 'inference-header-content-length': '10' }, 'invalid_json', 400],
  ['another type', { 'content-type': 'text/plain' }, 'unsupported_media_type', 415],
])('refuses %s', async (_, change, code, status) => {
  const { payload, headers } = binaryBody(inputs())
  const response = await testApp().inject({
    method: 'POST',
    url,
    payload,
    headers: { ...headers, ...change },
  })
  expect(problemOf(response, status, code)).toMatchObject({ error: expect.any(String) })
})

test('bytes that nobody named, or more than there are', async () => {
  const { payload, headers } = binaryBody(inputs())
  const app = testApp()
  const send = (body: Buffer) => app.inject({ method: 'POST', url, payload: body, headers })
  problemOf(await send(Buffer.concat([payload, Buffer.alloc(1)])), 400, 'invalid_request')
  problemOf(await send(payload.subarray(0, -1)), 400, 'invalid_request')
})

test('costs what a rollout costs, and is no page of other models', async () => {
  const app = testApp({ config: { MAX_BATCH: 8, RATE_LIMIT: 0.001, RATE_BURST: 1000 } })
  const left = async () => Number((await infer(app, { inputs: inputs() })).headers['ratelimit-remaining'])
  expect((await left()) - (await left())).toBe(B * T)
  problemOf(await infer(app, { inputs: inputs() }, '/v2/models/horse/infer'), 404, 'unknown_model')
})

test('no other page reads a body without a type', async () => {
  const payload = Buffer.from(JSON.stringify({ inputs: inputs() }))
  const headers = { 'content-type': 'application/octet-stream' }
  problemOf(
    await testApp().inject({ method: 'POST', url: '/v1/rollout', payload, headers }),
    415,
    'unsupported_media_type',
  )
})
