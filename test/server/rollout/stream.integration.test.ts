import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { StreamedEnd, StreamedStart, StreamedStep } from '../../../src/api/rollout.ts'
import { DimaError } from '../../../src/common/errors.ts'
import type { Runner } from '../../../src/inference/runner.ts'
import { digestOf, keyRing } from '../../../src/server/auth/keys.ts'
import { fakeRunner as runnerOf } from '../../inference/fake-runner.ts'
import { A, AGENTS, H, N, O, S } from '../../registry/fixture.ts'
import { actionsOf, fakeRunner, problemOf, rollout, startOf, testApp } from '../fixture.ts'
import { liveApp, send } from '../live-app.ts'

const url = '/v1/rollout/stream'
const linesOf = (body: string) =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
const request = (batch = 2, horizon = 4) => ({
  starts: [startOf(3)],
  actions: actionsOf(batch, horizon),
  seed: 7,
})

test('tells a start, every step and an end', async () => {
  for (const page of [url, '/rollout/stream']) {
    const response = await rollout(testApp(), request(), page)
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe('application/x-ndjson')
    const [start, ...rest] = linesOf(response.body)
    const end = rest.pop()
    expect(Value.Errors(StreamedStart, start)).toEqual([])
    expect(start).toMatchObject({ seed: 7, plan: 'joint', order: null, agents: AGENTS, rows: 2, horizon: 4 })
    expect(rest.map(({ t }) => t)).toEqual([0, 1, 2, 3])
    for (const step of rest) expect(Value.Errors(StreamedStep, step)).toEqual([])
    expect(Value.Errors(StreamedEnd, end)).toEqual([])
    expect(end).toMatchObject({ lengths: [4, 4], timing: { queue_ms: 4, compute_ms: 12 } })
  }
})

test('a stream whose key is withdrawn ends', async () => {
  let ring = keyRing([{ id: 'a', sha256: digestOf('a').toString('hex'), scopes: ['rollout'] }])
  const step: Runner['step'] = (...asked) => {
    if (++steps > 5) ring = []
    return fakeRunner.step(...asked)
  }
  let steps = 0
  const app = testApp({ runner: { ...fakeRunner, step }, keys: { ring: () => ring } })
  const headers = { authorization: 'Bearer a' }
  const reply = await app.inject({ method: 'POST', url, headers, payload: request(1, 50) })
  const lines = linesOf(reply.body)
  expect(lines.length).toBeLessThan(10)
  expect(lines.at(-1)).toMatchObject({ type: 'error', problem: { code: 'unauthenticated' } })
})

test('is what stepping sessions gives, also past the horizon of the model', async () => {
  const app = liveApp()
  const horizon = 2 * H + 5
  const body = { ...request(2, horizon), plan: 'sequential' }
  const steps = linesOf((await rollout(app, body, url)).body).slice(1, -1)
  expect(steps).toHaveLength(horizon)
  for (const row of [0, 1]) {
    const session = { seed: 7, start: startOf(3), plan: 'sequential' }
    const { session_id } = (await send(app, '/v1/sessions', session)).json()
    for (let t = 0; t < horizon; t++) {
      const stepped = await send(app, `/v1/sessions/${session_id}/step`, { actions: body.actions[row]![t] })
      const { state, observations, reward, termination_probability } = stepped.json()
      expect(steps[t].states[row]).toEqual(state)
      expect(steps[t].observations.back[row]).toEqual(observations.back)
      expect(steps[t].rewards[row]).toBe(reward)
      expect(steps[t].termination_probabilities[row]).toBe(termination_probability)
    }
  }
})

test('lengths count to the first end and the rows go on', async () => {
  const ends = runnerOf({ N, A, S, O }, ({ step }) => step === 1 || step === 3)
  const lines = linesOf((await rollout(testApp({ runner: ends }), request(1, 5), url)).body)
  expect(lines.at(-1).lengths).toEqual([2])
  expect(lines.slice(1, -1).map(({ terminations }) => terminations[0])).toEqual([
    false,
    true,
    false,
    true,
    false,
  ])
})

test.each([
  ['samples', 2],
  ['quantiles', [0.5]],
  ['outputs', ['states']],
])('refuses %s', async (field, value) => {
  const { errors } = problemOf(
    await rollout(testApp(), { ...request(), [field]: value }, url),
    400,
    'invalid_request',
  )
  expect(errors[0]).toMatchObject({ field, expected: 'nothing' })
})

test.each([
  [
    'too many steps',
    { actions: actionsOf(1, 101) },
    'horizon_out_of_range',
    { field: 'actions[0]', expected: [1, 100], given: 101 },
  ],
  [
    'too many rows',
    { actions: actionsOf(9, 1) },
    'batch_out_of_range',
    { field: 'actions', expected: [1, 8], given: 9 },
  ],
  ['no actions', { actions: undefined }, 'invalid_request', { field: 'actions' }],
  ['no starts', { starts: [] }, 'invalid_shape', { field: 'starts' }],
])('refuses %s', async (_, change, code, error) => {
  const { errors } = problemOf(await rollout(testApp(), { ...request(), ...change }, url), 400, code)
  expect(errors[0]).toMatchObject(error)
})

const failing = (at: number, error: Error): Runner => ({
  ...fakeRunner,
  step: (digest, plan, row, options) =>
    row.step === at ? Promise.reject(error) : fakeRunner.step(digest, plan, row, options),
})

test('an error at the first step is the reply', async () => {
  const runner = failing(0, new DimaError('overloaded', 'full', { retryAfterSeconds: 3 }))
  const response = await rollout(testApp({ runner }), request(), url)
  problemOf(response, 503, 'overloaded')
  expect(response.headers['retry-after']).toBe('3')
})

test('an error on the way is the last line', async () => {
  const runner = failing(2, new Error('at /srv/inside'))
  const response = await rollout(testApp({ runner }), request(), url)
  expect(response.statusCode).toBe(200)
  const lines = linesOf(response.body)
  expect(lines.map(({ type }) => type)).toEqual(['start', 'step', 'step', 'error'])
  expect(lines[3].problem).toMatchObject({ status: 500, code: 'internal' })
  expect(response.body).not.toContain('/srv')
})

test('a row that leaves the finite numbers is named', async () => {
  const runner: Runner = {
    ...fakeRunner,
    step: async (digest, plan, row, options) => {
      const outcome = await fakeRunner.step(digest, plan, row, options)
      return row.step === 1 ? { ...outcome, reward: Number.NaN } : outcome
    },
  }
  const lines = linesOf((await rollout(testApp({ runner }), request(), url)).body)
  expect(lines.at(-1).problem).toMatchObject({ code: 'diverged', errors: [{ field: 'actions[0][1]' }] })
})

/** Counts the steps that were asked for. */
function counting() {
  const asked = { steps: 0 }
  const step: Runner['step'] = (...given) => {
    asked.steps++
    return fakeRunner.step(...given)
  }
  return { asked, runner: { ...fakeRunner, step } }
}

async function listening(runner: Runner) {
  const app = testApp({ runner, config: { MAX_STREAM_HORIZON: 100_000, BODY_LIMIT_BYTES: 64 * 1024 * 1024 } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}${url}`
}

/** A client that reads only when it is told to. */
function ask(address: string, body: object): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json' }
  const asking = httpRequest(address, { method: 'POST', headers, agent: false })
  return new Promise((resolve, reject) => {
    asking.on('response', (response) => {
      response.on('error', () => undefined) // its own end
      resolve(response)
    })
    asking.on('error', reject)
    asking.end(JSON.stringify(body))
  })
}

/** Resolves when the number no longer changes. */
async function settled(count: () => number): Promise<number> {
  for (let last = -1; ; ) {
    if (count() === last) return last
    last = count()
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
}

test('imagines no further than a client reads, and stops when it goes', async () => {
  const { asked, runner } = counting()
  const address = await listening(runner)
  const horizon = 60_000 // some 50 MB of lines
  const response = await ask(address, { starts: [startOf(1)], actions: actionsOf(1, horizon) })
  const unread = await settled(() => asked.steps)
  expect(unread).toBeGreaterThan(0)
  expect(unread).toBeLessThan(horizon)
  let bytes = 0
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length
    if (asked.steps > unread) break // which ends the connection
  }
  expect(bytes).toBeGreaterThan(0)
  const gone = await settled(() => asked.steps)
  expect(gone).toBeGreaterThan(unread)
  expect(gone).toBeLessThan(horizon)
})
