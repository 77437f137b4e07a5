import Value from 'typebox/value'
import { expect, test } from 'vitest'
import { OUTPUTS, RolloutResponse } from '../../../src/api/rollout.ts'
import { Repository } from '../../../src/registry/repository.ts'
import { staticCatalog } from '../../../src/server/catalog.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import type { Rollout } from '../../../src/worlds/rollout.ts'
import { A, H, L, N, S } from '../../registry/fixture.ts'
import {
  actionsOf,
  fakeRunner,
  goodRequest,
  policyBundle,
  problemOf,
  rollout,
  startOf,
  testApp,
} from '../fixture.ts'

function watched() {
  const seen: Rollout[] = []
  const app = testApp({
    catalog: staticCatalog(new Repository([policyBundle()]), KINDS),
    runner: {
      ...fakeRunner,
      rollout: (digest, rollout, options) => {
        seen.push(rollout)
        return fakeRunner.rollout(digest, rollout, options)
      },
    },
  })
  return { app, seen }
}

test('a policy for everyone needs no actions', async () => {
  const { app, seen } = watched()
  const response = await rollout(app, { starts: [startOf(1), startOf(3)], policy: {}, horizon: 5, seed: 1 })
  const body = response.json()
  expect(Value.Errors(RolloutResponse, body)).toEqual([])
  expect(seen[0]).toMatchObject({ batch: 2, horizon: 5, policy: { agents: [true, true], mode: 'sample' } })
  expect(seen[0]!.actions).toEqual(new Float32Array(2 * 5 * N * A))
  expect([body.actions.length, body.actions[0].length, body.actions[0][0].length]).toEqual([2, 5, N])
})

test('some by policy, the others by the given actions', async () => {
  const { app, seen } = watched()
  const policy = { agents: ['back'], mode: 'mean' }
  await rollout(app, { ...goodRequest(), policy })
  expect(seen[0]!.policy).toEqual({ agents: [false, true], mode: 'mean' })
  expect([...seen[0]!.actions]).toEqual([...Float32Array.from(goodRequest().actions.flat(3))])
})

test('actions are returned with a policy or when asked for, then as given', async () => {
  const { app } = watched()
  const keys = async (change: object) =>
    Object.keys((await rollout(app, { ...goodRequest(), ...change })).json()).filter(
      (key) => key === 'actions',
    )
  expect(await keys({})).toEqual([])
  expect(await keys({ policy: {} })).toEqual(['actions'])
  expect(await keys({ policy: {}, outputs: ['rewards'] })).toEqual([])
  const { actions } = (await rollout(app, { ...goodRequest(), outputs: [...OUTPUTS] })).json()
  expect(Float32Array.from(actions.flat(3))).toEqual(Float32Array.from(goodRequest().actions.flat(3)))
})

test.each([
  [{ policy: {} }, 'invalid_request', 'horizon'],
  [{ policy: {}, horizon: H + 1 }, 'horizon_out_of_range', 'horizon'],
  [{ policy: {}, horizon: 2, starts: [] }, 'batch_out_of_range', 'starts'],
  [{ policy: {}, horizon: 2, starts: Array(9).fill(startOf(1)) }, 'batch_out_of_range', 'starts'],
  [{ policy: {}, horizon: 2, starts: 'here' }, 'invalid_request', 'starts'],
  [{ policy: { agents: ['front'] }, horizon: 2 }, 'invalid_request', 'actions'],
  [{ policy: { agents: ['top'] }, horizon: 2 }, 'unknown_agent', 'policy.agents[0]'],
  [{ policy: { agents: ['back', 'back'] }, horizon: 2 }, 'invalid_request', 'policy.agents[1]'],
  [{ policy: { agents: [] }, horizon: 2 }, 'invalid_request', 'policy.agents'],
  [{ policy: { mode: 'best' }, horizon: 2 }, 'invalid_request', 'policy.mode'],
  [{ policy: true, horizon: 2 }, 'invalid_request', 'policy'],
])('refuses %j', async (change, code, field) => {
  const { errors } = problemOf(await rollout(watched().app, { starts: [startOf(1)], ...change }), 400, code)
  expect(errors[0]).toMatchObject({ field })
})

test('samples repeat each row, those of a row together', async () => {
  const { app, seen } = watched()
  const request = { starts: [startOf(1), startOf(2)], actions: actionsOf(2, 3), seed: 7, samples: 3 }
  const body = (await rollout(app, request)).json()
  expect(Value.Errors(RolloutResponse, body)).toEqual([])
  const [asked] = seen
  expect(asked).toMatchObject({ batch: 6, horizon: 3 })
  expect([...asked!.samples!]).toEqual([0, 1, 2, 0, 1, 2])
  expect([...asked!.windows]).toEqual([1, 1, 1, 2, 2, 2])
  const rowOf = (values: ArrayLike<number>, row: number) =>
    Array.from(values).slice((row * values.length) / 6, ((row + 1) * values.length) / 6)
  for (const values of [asked!.states, asked!.actions, asked!.pastActions])
    expect([1, 2, 4, 5].map((row) => rowOf(values, row))).toEqual(
      [0, 0, 3, 3].map((row) => rowOf(values, row)),
    )
  expect(rowOf(asked!.actions, 3)).toEqual([...Float32Array.from(request.actions[1]!.flat(2))])
  expect(rowOf(asked!.states, 3)).toHaveLength(L * S)
  expect(body.states).toHaveLength(6)
})

test('the spread is over the samples that came', async () => {
  const { app } = watched()
  const request = { starts: [startOf(1)], actions: actionsOf(2, 3), seed: 7, samples: 4, quantiles: [0, 1] }
  const { spread, states, rewards } = (await rollout(app, request)).json()
  expect(spread).toMatchObject({ samples: 4, quantile_levels: [0, 1] })
  const [row, t, entry] = [1, 2, 3]
  const values = [4, 5, 6, 7].map((sample) => states[sample][t][entry])
  expect(spread.states.quantiles[0][row][t][entry]).toBe(Math.min(...values))
  expect(spread.states.quantiles[1][row][t][entry]).toBe(Math.max(...values))
  expect(spread.states.mean[row][t][entry]).toBeCloseTo(values.reduce((a, b) => a + b) / 4, 12)
  expect(spread.rewards.quantiles[1][0][0]).toBe(
    Math.max(...[0, 1, 2, 3].map((sample) => rewards[sample][0])),
  )
})

test('by default the spread has the median and the outer tenths', async () => {
  const { app } = watched()
  const { spread } = (await rollout(app, { ...goodRequest(), samples: 2 })).json()
  expect(spread.quantile_levels).toEqual([0.1, 0.5, 0.9])
})

test('rows times samples fit the batch', async () => {
  const { app } = watched()
  const request = { starts: [startOf(1)], actions: actionsOf(4, 1) }
  expect((await rollout(app, { ...request, samples: 2 })).statusCode).toBe(200)
  const { errors } = problemOf(await rollout(app, { ...request, samples: 3 }), 400, 'batch_out_of_range')
  expect(errors[0]).toMatchObject({ field: 'samples', expected: [1, 2], given: 3 })
})
