// The client against the real app, without a socket.
import { resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { DimaClient } from '../../src/client/client.ts'
import { ProblemError } from '../../src/client/errors.ts'
import { readGraphs } from '../../src/registry/load.ts'
import { openRepository } from '../../src/registry/repository.ts'
import { buildApp } from '../../src/server/app.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { openSimulator } from '../../src/worlds/open-simulator.ts'
import { noRunner, noSessions } from '../inference/fake-runner.ts'

let client: DimaClient

beforeAll(async () => {
  const repository = await openRepository(resolve(import.meta.dirname, '../../models'), KINDS)
  const bundle = repository.resolve('halfcheetah-2x3')
  const simulator = await openSimulator(KINDS, bundle.manifest, await readGraphs(bundle))
  const app = buildApp({
    catalog: staticCatalog(repository, KINDS),
    sessions: noSessions,
    runner: {
      ...noRunner,
      rollout: async (_, rollout) => ({ ...(await simulator.rollout(rollout)), queueMs: 0 }),
    },
    config: { BODY_LIMIT_BYTES: 1 << 20, MAX_BATCH: 128, MAX_STREAM_HORIZON: 100 },
  })
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    const { pathname } = new URL(String(url))
    const { statusCode, payload } = await app.inject({
      method: init?.method === 'POST' ? 'POST' : 'GET',
      url: pathname,
      ...(init?.body ? { payload: String(init.body), headers: { 'content-type': 'application/json' } } : {}),
    })
    return new Response(payload, { status: statusCode })
  }
  client = new DimaClient('http://dima.test/', { fetch })
})

const rest = { states: [Array<number>(17).fill(0)] }
const twoSteps = Array.from({ length: 2 }, () => [
  [0.1, 0.2, 0.3],
  [-0.1, 0, 0.1],
])

test('lists models and describes one', async () => {
  expect((await client.models()).models.map(({ name }) => name)).toContain('halfcheetah-2x3')
  expect((await client.model('halfcheetah-2x3@stable')).horizon).toBe(15)
})

test('imagines what was asked for and nothing else', async () => {
  const reply = await client.rollout({
    starts: [rest],
    actions: [twoSteps, twoSteps],
    seed: 5,
    outputs: ['rewards'],
  })
  expect(reply.rewards!.map((row) => row.length)).toEqual([2, 2])
  expect(reply.rewards![0]).toEqual(reply.rewards![1]) // the same row twice is the same trajectory
  expect([reply.seed, reply.states]).toEqual([5, undefined])
})

test('a refusal is a ProblemError with a stable code and the field', async () => {
  const refused = client.rollout({ starts: [rest], actions: [[[[0, 0]]]] })
  await expect(refused).rejects.toBeInstanceOf(ProblemError)
  await expect(refused).rejects.toMatchObject({
    problem: { status: 400, code: 'invalid_shape', errors: [{ field: 'actions[0][0]', expected: [2, 3] }] },
  })
})

test('plans through the model: better than what the policy does, and the same for whoever asks', async () => {
  const request = { start: rest, population: 24, iterations: 2, elites: 6, horizon: 8, seed: 3 }
  const [plan, same] = [await client.plan(request), await client.plan(request)]
  expect(same.actions).toEqual(plan.actions)
  expect(plan.actions.map((joint) => joint.map((own) => own.length))).toEqual(Array(8).fill([3, 3]))
  expect(plan.first).toEqual({ agent_0: plan.actions[0]![0], agent_1: plan.actions[0]![1] })
  const rewardOf = async (body: object) => {
    const { rewards } = await client.rollout({ starts: [rest], samples: 32, seed: 9, ...body })
    return rewards!.flat().reduce((sum, reward) => sum + reward, 0) / 32
  }
  const planned = await rewardOf({ actions: [plan.actions] })
  expect(planned).toBeGreaterThan(await rewardOf({ policy: { mode: 'mean' }, horizon: 8 }))
  // Under noises that the plan did not meet; its rewards are discounted, by 0.99 at most.
  expect(Math.abs(planned - (plan.expected_return! - plan.terminal_value!))).toBeLessThan(1)
})
