// A server on WebGPU answers as one on the CPU does: rollouts by every plan, the policy, streams, live steps alone and in
// company. On Vulkan in software, so only numbers count; skipped where that is not installed (docs/devices.md).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { readConfig } from '../../../src/server/config.ts'
import { openServer } from '../../../src/server/open-server.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { publishModel } from '../../inference/bundle.ts'
import { tinyModel } from '../../inference/fixture.ts'
import { swiftShader } from './swiftshader.ts'

/** Of the tiny model a standard deviation is 1. */
const WITHIN = 1e-4
/** The decoder rounds to levels: on the border between two, a last bit decides. */
const OTHER_LEVELS = 0.01

const model = tinyModel({ policy: true })
const { state, agents, action, horizon, context } = model.spec
const rng = new Rng('webgpu')
const normals = (...shape: number[]): unknown => {
  const [size = 0, ...rest] = shape
  return Array.from({ length: size }, () => (rest.length > 0 ? normals(...rest) : Math.tanh(rng.normal())))
}
const start = () => ({ states: normals(1, state.length) })
const actions = (...shape: number[]) => normals(...shape, agents.length, action.dimension)

type Reply = Record<string, unknown>
type Ask = (url: string, payload: object) => Promise<string>

/** Servers with the same model, by device. */
const servers: Record<string, FastifyInstance> = {}

async function open(device: string, models: string): Promise<() => Promise<void>> {
  const config = readConfig({ MODELS: models, EXECUTORS: '1', DEVICE: device, RELOAD_SECONDS: '0' })
  const server = await openServer(config, KINDS, pino({ level: 'silent' }))
  servers[device] = server.app
  return server.close
}

const asker =
  (app: FastifyInstance): Ask =>
  async (url, payload) => {
    const reply = await app.inject({ method: 'POST', url, payload })
    expect([200, 201], reply.body).toContain(reply.statusCode)
    return reply.body
  }

/** What both answer; the same for the caller but for the device. */
async function both<T>(ask: (ask: Ask) => Promise<T>): Promise<[cpu: T, webgpu: T]> {
  return [await ask(asker(servers.cpu!)), await ask(asker(servers.webgpu!))]
}

const FIELDS = [
  'states',
  'state',
  'rewards',
  'reward',
  'termination_probabilities',
  'termination_probability',
]

function expectSame(cpu: Reply, webgpu: Reply): void {
  const compared = FIELDS.filter((field) => field in cpu)
  expect(compared.length).toBeGreaterThanOrEqual(2)
  for (const field of compared) {
    const [expected, given] = [leaves(cpu[field]), leaves(webgpu[field])]
    expect(given).toHaveLength(expected.length)
    const gap = Math.max(...expected.map((x, i) => Math.abs(x - given[i]!)))
    expect(gap, field).toBeLessThanOrEqual(WITHIN)
  }
  const [expected, given] = [leaves(cpu.observations), leaves(webgpu.observations)]
  const others = expected.filter((x, i) => !(Math.abs(x - given[i]!) <= WITHIN))
  expect(others.length).toBeLessThanOrEqual(OTHER_LEVELS * expected.length)
}

const leaves = (value: unknown): number[] => {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves)
  return value === undefined ? [] : [Number(value)]
}

describe.skipIf(!swiftShader)('on WebGPU', () => {
  beforeAll(async () => {
    for (const [name, value] of Object.entries(swiftShader!)) vi.stubEnv(name, value)
    const models = mkdtempSync(join(tmpdir(), 'dima-webgpu-'))
    await publishModel(models, 'tiny', model)
    const closers = [await open('cpu', models), await open('webgpu', models)]
    return async () => {
      vi.unstubAllEnvs()
      for (const close of closers) await close()
      rmSync(models, { recursive: true })
    }
  }, 300_000)

  test('the server says so, and its bundle passed its proof there', async () => {
    for (const device of ['cpu', 'webgpu']) {
      const get = async (url: string) => (await servers[device]!.inject({ url })).json()
      expect(await get('/healthz')).toMatchObject({ models: 1, executors: { ready: 1, device } })
      expect(await get('/v1/models/tiny')).toMatchObject({ device })
    }
  })

  /** More steps than the model sees of the past. In software a step takes a tenth of a second. */
  const steps = context + 2
  const request = { starts: [start(), start()], actions: actions(2, steps), seed: 5 }

  test.each([
    ['joint', { plan: 'joint' }],
    ['sequential', { plan: 'sequential', order: 'ascending' }],
  ])('rollouts by the plan %s', async (_, choice) => {
    const [cpu, webgpu] = await both(async (ask) =>
      JSON.parse(await ask('/v1/rollout', { ...request, ...choice })),
    )
    expectSame(cpu, webgpu)
  })

  test('the policy in closed loop', async () => {
    const { starts, seed } = request
    const body = { starts, seed, horizon: steps, policy: { mode: 'sample' } }
    const [cpu, webgpu] = await both(async (ask) => JSON.parse(await ask('/v1/rollout', body)))
    expectSame(cpu, webgpu)
  })

  test('streams past the horizon', async () => {
    const body = { starts: [start()], actions: actions(1, horizon + 2), seed: 6 }
    const [cpu, webgpu] = await both((ask) => ask('/v1/rollout/stream', body))
    const lines = (text: string): Reply[] =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter((line) => 'states' in line)
    expect(lines(webgpu)).toHaveLength(horizon + 2)
    for (const [t, line] of lines(cpu).entries()) expectSame(line, lines(webgpu)[t]!)
  })

  test('live steps, alone and in company', async () => {
    const moves = Array.from({ length: context + 1 }, () => actions())
    const begin = start()
    const [cpu, webgpu] = await both(async (ask) => {
      const create = async (seed: number): Promise<string> =>
        JSON.parse(await ask('/v1/sessions', { model: 'tiny', seed, start: begin })).session_id
      const walk = async (session: string): Promise<Reply[]> => {
        const replies: Reply[] = []
        for (const move of moves) {
          const reply = JSON.parse(await ask(`/v1/sessions/${session}/step`, { actions: move }))
          replies.push(reply)
          if (reply.terminated) await ask(`/v1/sessions/${session}/reset`, { start: begin })
        }
        return replies
      }
      const alone = await walk(await create(1))
      const crowd = await Promise.all([1, 2, 3].map(async (seed) => walk(await create(seed))))
      return [alone, ...crowd]
    })
    for (const [session, steps] of cpu.entries())
      for (const [t, reply] of steps.entries()) expectSame(reply, webgpu[session]![t]!)
    const [alone, sameSeed] = webgpu
    for (const [t, reply] of alone!.entries()) expectSame(reply, sameSeed![t]!)
  })

  test('metrics name the device', async () => {
    const { body } = await servers.webgpu!.inject({ url: '/metrics' })
    expect(body).toMatch(/wm_execution_total\{.*kind="step",device="webgpu"\} [1-9]/)
  })
})
