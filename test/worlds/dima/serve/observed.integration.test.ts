// A bundle with the graph `perceive` through the whole server: the same request has the same answer as a rollout, as a stream and
// in live steps, beside sessions that chose otherwise.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { beforeAll, expect, test } from 'vitest'
import { notFinite } from '../../../../loadtest/reliability/hostile-graphs.ts'
import { taskSpec } from '../../../../src/env/make-env.ts'
import { standardise } from '../../../../src/env/mujoco/standardise.ts'
import { proveModel } from '../../../../src/inference/executors/prove-model.ts'
import { readConfig } from '../../../../src/server/config.ts'
import { openServer } from '../../../../src/server/open-server.ts'
import { KINDS } from '../../../../src/worlds/kinds.ts'
import { publishModel } from '../../../inference/bundle.ts'
import { rolloutOf, type TinyModel, tinyModel } from '../../../inference/fixture.ts'
import { modelsFolder } from '../../../registry/fixture.ts'
import { useCpu } from '../networks/fixture.ts'

let app: FastifyInstance
let model: TinyModel
beforeAll(async () => {
  await useCpu()
  model = tinyModel({ policy: true, perceives: true })
  model.spec.terminates = false
  const models = await mkdtemp(join(tmpdir(), 'perceiving-'))
  await publishModel(models, 'cheetah', model)
  const server = await openServer(
    readConfig({ MODELS: models, EXECUTORS: '1' }),
    KINDS,
    pino({ level: 'silent' }),
  )
  app = server.app
  return async () => {
    await server.close()
    await rm(models, { recursive: true })
  }
}, 60_000)

async function post(url: string, payload: object, status = 200) {
  const reply = await app.inject({ method: 'POST', url, payload })
  expect(reply.statusCode, reply.body).toBe(status)
  return reply.body
}

const H = 6
const { N, A } = { N: 2, A: 3 }

/** Starts of one state and actions, [2, H, N, A]. */
function request() {
  const { states, actions } = rolloutOf(model.spec, { batch: 2, horizon: H })
  const S = model.spec.state.length
  const at = (b: number, t: number, n: number) => [...actions.slice(((b * H + t) * N + n) * A).slice(0, A)]
  return {
    starts: [0, 1].map((b) => ({ states: [[...states.slice(b * 3 * S, b * 3 * S + S)]] })),
    actions: [0, 1].map((b) =>
      Array.from({ length: H }, (_, t) =>
        [0, 1].map((n) => at(b, t, n).map((x) => Math.max(-1, Math.min(1, x)))),
      ),
    ),
    seed: 5,
  }
}

/** By the environment's own function. */
function trueSight(state: number[], agent: number): number[] {
  const seen = Float64Array.from([...state, Number(agent === 0), Number(agent === 1)])
  standardise(seen, 0, seen.length)
  return [...seen]
}

test('says what it offers', async () => {
  const detail = (await app.inject({ url: '/v1/models/cheetah' })).json()
  expect(detail.observations).toEqual(['exact', 'decoded'])
  expect(taskSpec('HalfCheetah-2x3').stateNames).toHaveLength(detail.spaces.state.length)
})

test.each(['exact', 'decoded'])(
  '%s: rollout, stream and live steps agree to the bit',
  async (observations) => {
    const asked = { ...request(), observations }
    const rollout = JSON.parse(await post('/v1/rollout', asked))
    expect(rollout.options).toEqual({ observations })
    const lines = (await post('/v1/rollout/stream', asked)).trimEnd().split('\n')
    const steps = lines.map((line) => JSON.parse(line)).slice(1, -1)
    const terms = { start: asked.starts[1], seed: 5 }
    const other = observations === 'exact' ? 'decoded' : 'exact'
    const [own, beside] = await Promise.all(
      [observations, other].map(async (chosen) =>
        JSON.parse(await post('/v1/sessions', { ...terms, observations: chosen }, 201)),
      ),
    )
    expect(own.options).toEqual({ observations })
    expect(own.observations).not.toEqual(beside.observations)
    for (let t = 0; t < H; t++) {
      const actions = asked.actions[1]![t]
      const [live] = await Promise.all(
        [own, beside].map(async ({ session_id }) =>
          JSON.parse(await post(`/v1/sessions/${session_id}/step`, { actions })),
        ),
      )
      for (const agent of rollout.agents as string[]) {
        expect(live.observations[agent]).toEqual(rollout.observations[agent][1][t])
        expect(steps[t].observations[agent]).toEqual([0, 1].map((b) => rollout.observations[agent][b][t]))
      }
    }
  },
)

test('exact is the default and what the environment would show; states are those of decoded', async () => {
  const exact = JSON.parse(await post('/v1/rollout', request()))
  const decoded = JSON.parse(
    await post('/v1/rollout', { ...request(), options: { observations: 'decoded' } }),
  )
  expect(exact.states).toEqual(decoded.states)
  for (const [agent, name] of (exact.agents as string[]).entries())
    for (let t = 0; t < H; t++) {
      const truth = trueSight(exact.states[0][t], agent)
      truth.forEach((value, i) => {
        expect(exact.observations[name][0][t][i]).toBeCloseTo(value, 5)
      })
      expect(decoded.observations[name][0][t]).not.toEqual(exact.observations[name][0][t])
    }
})

test('a policy acts the same whatever the answer shows', async () => {
  const { starts, seed } = request()
  const closed = async (observations: string) =>
    JSON.parse(await post('/v1/rollout', { starts, seed, horizon: H, policy: {}, observations }))
  const [exact, decoded] = [await closed('exact'), await closed('decoded')]
  expect(exact.actions).toEqual(decoded.actions)
  expect(exact.states).toEqual(decoded.states)
  expect(exact.observations).not.toEqual(decoded.observations)
})

test('a snapshot goes on as the session would', async () => {
  const { starts, actions, seed } = request()
  for (const observations of ['exact', 'decoded']) {
    const { session_id: id } = JSON.parse(
      await post('/v1/sessions', { start: starts[0], seed, observations }, 201),
    )
    await post(`/v1/sessions/${id}/step`, { actions: actions[0]![0] })
    const { snapshot } = JSON.parse(await post(`/v1/sessions/${id}/snapshot`, {}))
    const restored = JSON.parse(await post('/v1/sessions/restore', { snapshot }, 201))
    expect(restored.options).toEqual({ observations })
    const step = async (session: string) =>
      JSON.parse(await post(`/v1/sessions/${session}/step`, { actions: actions[0]![1] })).observations
    expect(await step(restored.session_id)).toEqual(await step(id))
  }
})

test('a proof runs the graph, and refuses one that gives no numbers', async () => {
  const folder = await modelsFolder()
  await proveModel(await publishModel(folder, 'good', model), KINDS, () => {})
  const broken = await publishModel(folder, 'broken', model, { perceive: notFinite(model.graphs.perceive!) })
  await expect(proveModel(broken, KINDS, () => {})).rejects.toMatchObject({
    code: 'invalid_bundle',
    message: expect.stringContaining('perceive.onnx'),
  })
})
