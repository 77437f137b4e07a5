import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { RolloutResponse } from '../../src/api/rollout.ts'
import type { Rollout } from '../../src/worlds/rollout.ts'
import { A, AGENTS, H, N, O, S } from '../registry/fixture.ts'
import {
  actionsOf,
  fakeRunner,
  fakeTrajectories,
  goodRequest,
  problemOf,
  rollout,
  startOf,
  testApp,
} from './fixture.ts'

const sizes = (value: unknown): number[] => (Array.isArray(value) ? [value.length, ...sizes(value[0])] : [])

test('answers with every array in its shape', async () => {
  const response = await rollout(testApp(), goodRequest())
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toMatch(/^application\/json/)
  const body = response.json()
  expect(Value.Errors(RolloutResponse, body)).toEqual([])
  expect(body).toMatchObject({
    model: { name: 'tiny', version: '1', digest: 'digest of tiny/1' },
    seed: 7,
    plan: 'joint',
    order: null,
    agents: AGENTS,
    lengths: [4, 4],
    timing: { queue_ms: 1, compute_ms: 3, total_ms: expect.any(Number) },
  })
  expect(sizes(body.states)).toEqual([2, 4, S])
  expect(Object.keys(body.observations)).toEqual(AGENTS)
  expect(sizes(body.observations.back)).toEqual([2, 4, O])
  for (const name of ['rewards', 'terminations', 'termination_probabilities'])
    expect(sizes(body[name])).toEqual([2, 4])
})

test('puts every number where it belongs', async () => {
  let seen: Rollout | undefined
  const app = testApp({
    runner: {
      ...fakeRunner,
      rollout: async (_digest, rollout) => {
        seen = rollout
        return { ...fakeTrajectories(rollout), queueMs: 0 }
      },
    },
  })
  const body = (await rollout(app, goodRequest())).json()
  const { states, observations, terminations } = fakeTrajectories(seen!)
  const [row, t, agent, entry] = [1, 2, 1, 3]
  expect(body.states[row][t][entry]).toBe(states[(row * 4 + t) * S + entry])
  expect(body.observations.back[row][t][entry]).toBe(observations[((row * 4 + t) * N + agent) * O + entry])
  expect(body.terminations[row][t]).toBe(terminations[row * 4 + t] === 1)
  expect(seen!.actions[((row * 4 + t) * N + agent) * A + 2]).toBeCloseTo(
    goodRequest().actions[row]![t]![agent]![2]!,
    6,
  )
})

const withoutTiming = (text: string) => text.replace(/"timing":\{[^}]*\}/, '')

test('the same request and seed give the same bytes, another seed others', async () => {
  const app = testApp()
  const request = { ...goodRequest(), plan: 'sequential', order: 'random' }
  const [first, second, other] = [
    await rollout(app, request),
    await rollout(app, request, '/rollout'),
    await rollout(app, { ...request, seed: 8 }),
  ]
  expect(withoutTiming(second.body)).toBe(withoutTiming(first.body))
  expect(withoutTiming(other.body)).not.toBe(withoutTiming(first.body))
})

test('draws a seed when none is given, and that seed gives the same again', async () => {
  const app = testApp()
  const { seed: _, ...request } = goodRequest()
  const first = await rollout(app, request)
  const drawn = first.json().seed
  expect(Number.isInteger(drawn) && drawn >= 0 && drawn < 2 ** 32).toBe(true)
  const again = await rollout(app, { ...request, seed: drawn })
  expect(withoutTiming(again.body)).toBe(withoutTiming(first.body))
  expect((await rollout(app, request)).json().seed).not.toBe(drawn)
})

test('returns only the outputs asked for, and lengths always', async () => {
  const body = (await rollout(testApp(), { ...goodRequest(), outputs: ['rewards', 'states'] })).json()
  expect(Object.keys(body)).toEqual([
    'model',
    'seed',
    'plan',
    'order',
    'agents',
    'states',
    'rewards',
    'lengths',
    'clipped_actions',
    'timing',
  ])
})

test('names the resolved order', async () => {
  const app = testApp()
  const orderOf = async (change: object) => (await rollout(app, { ...goodRequest(), ...change })).json().order
  expect(await orderOf({ plan: 'sequential' })).toEqual(['back', 'back', 'front', 'front'])
  expect(await orderOf({ plan: 'progressive', order: [0, 'back'] })).toEqual(['front', 'back'])
})

test('accepts the limits: the longest horizon, the largest batch, the bounds of the seed', async () => {
  const app = testApp()
  const request = {
    starts: Array.from({ length: 8 }, (_, i) => startOf(1 + (i % 3))),
    actions: actionsOf(8, H),
  }
  for (const seed of [0, 2 ** 32 - 1]) expect((await rollout(app, { ...request, seed })).statusCode).toBe(200)
})

test('says how long it took in Server-Timing', async () => {
  const { headers } = await rollout(testApp(), goodRequest())
  expect(headers['server-timing']).toMatch(/^queue;dur=1, compute;dur=3, total;dur=[\d.]+$/)
})

test('a trajectory that is not finite is an error, not a null', async () => {
  const app = testApp({
    runner: {
      ...fakeRunner,
      rollout: async (_digest, rollout) => {
        const trajectories = fakeTrajectories(rollout)
        trajectories.states[(1 * 4 + 2) * S] = Number.NaN
        return { ...trajectories, queueMs: 0 }
      },
    },
  })
  const { errors } = problemOf(await rollout(app, goodRequest()), 422, 'diverged')
  expect(errors[0]).toMatchObject({ field: 'actions[1][2]' })
})
