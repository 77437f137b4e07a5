// POST /v1/plan: what is asked becomes rollouts, what they say becomes a plan, and what is wrong is named.
import type { FastifyInstance } from 'fastify'
import Value from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { PlanReply } from '../../src/api/plan.ts'
import { openSessions } from '../../src/inference/live/sessions.ts'
import type { Runner } from '../../src/inference/runner.ts'
import { Repository } from '../../src/registry/repository.ts'
import type { AppOptions } from '../../src/server/app.ts'
import { staticCatalog } from '../../src/server/catalog.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import type { Rollout } from '../../src/worlds/rollout.ts'
import { A, AGENTS, manifest, N, S } from '../registry/fixture.ts'
import { actionsOf, bundleOf, fakeRunner, fakeTrajectories, problemOf, startOf, testApp } from './fixture.ts'
import { created, liveApp, send } from './live-app.ts'

const graph = manifest('tiny', '1').graphs.decode!
/** With a policy and its value of states. */
const able = () => {
  const bundle = bundleOf()
  const { graphs } = bundle.manifest
  return {
    ...bundle,
    manifest: {
      ...bundle.manifest,
      value: { discount: 0.9 },
      graphs: { ...graphs, policy: graph, value: graph },
    },
  }
}

/** Rewards are the sum of an action's entries; states are worth 3; a policy asks for a third everywhere. */
function appOf(
  change: Partial<AppOptions> = {},
  bundle = able(),
): { app: FastifyInstance; asked: Rollout[] } {
  const asked: Rollout[] = []
  const runner: Runner = {
    ...fakeRunner,
    rollout: async (_, rollout) => {
      asked.push(structuredClone(rollout))
      return { ...judged(rollout), queueMs: 1 }
    },
  }
  const app = testApp({
    catalog: staticCatalog(new Repository([bundle]), KINDS),
    runner,
    config: { BODY_LIMIT_BYTES: 1024 * 1024, MAX_BATCH: 1024, MAX_STREAM_HORIZON: 100 },
    ...change,
  })
  return { app, asked }
}

function judged(rollout: Rollout) {
  const { batch, horizon, policy } = rollout
  const actions = rollout.actions.map((given, i) => (policy?.agents[Math.floor(i / A) % N] ? 1 / 3 : given))
  const at = (i: number) => actions.subarray(i * N * A, (i + 1) * N * A).reduce((sum, x) => sum + x, 0)
  return {
    ...fakeTrajectories(rollout),
    rewards: Float32Array.from({ length: batch * horizon }, (_, i) => at(i)),
    terminationProbabilities: new Float32Array(batch * horizon),
    values: new Float32Array(batch).fill(3),
    actions,
  }
}

const small = { population: 16, iterations: 2, elites: 4, horizon: 4, seed: 5 }
const ask = () => ({ start: startOf(3), ...small })

describe('a plan', () => {
  test('has all that the schema says, in its shapes', async () => {
    const { app } = appOf()
    const response = await send(app, '/v1/plan', ask())
    expect(response.statusCode, response.body).toBe(200)
    const body = response.json()
    expect(Value.Errors(PlanReply, body)).toEqual([])
    expect(body).toMatchObject({
      model: { name: 'tiny', version: '1' },
      seed: 5,
      plan: 'joint',
      method: 'icem',
      horizon: 4,
      agents: AGENTS,
      stopped: 'done',
      clipped_actions: 0,
    })
    const shape = (value: unknown): number[] =>
      Array.isArray(value) ? [value.length, ...shape(value[0])] : []
    for (const name of ['actions', 'mean', 'std']) expect(shape(body[name])).toEqual([4, N, A])
    expect(shape(body.states)).toEqual([4, S])
    expect(shape(body.warm_start.elites)).toEqual([4, 4, N, A])
    for (const [agent, name] of AGENTS.entries()) expect(body.first[name]).toEqual(body.actions[0][agent])
    const sum = body.actions.flat(2).reduce((total: number, x: number) => total + x, 0)
    expect(sum).toBeGreaterThan(4 * N * A * 0.4) // better than the policy: all push
    expect(body.terminal_value).toBeCloseTo(3 * 0.9 ** 4, 5)
  })

  test('is the same for the same seed, whoever asks', async () => {
    const { app } = appOf()
    const [one, same, other] = [ask(), ask(), { ...ask(), seed: 6 }].map((body) =>
      send(app, '/v1/plan', body),
    )
    const { timing: _, ...first } = (await one!).json()
    const { timing: __, ...second } = (await same!).json()
    expect(second).toEqual(first)
    expect((await other!).json().actions).not.toEqual(first.actions)
  })

  test('every rollout begins at the start, side by side, with the noises asked for', async () => {
    const { app, asked } = appOf()
    await send(app, '/v1/plan', { ...ask(), objective: { samples: 3, terminal: 'none' }, prior: 0 })
    expect(asked.map(({ batch }) => batch)).toEqual([16 * 3, 12 * 3, 5 * 8])
    for (const { batch, states, horizon, samples, valued } of asked) {
      expect({ horizon, valued }).toEqual({ horizon: 4, valued: undefined })
      const width = states.length / batch
      for (let row = 1; row < batch; row++)
        expect(states.subarray(row * width, (row + 1) * width)).toEqual(states.subarray(0, width))
      expect(new Set(samples).size).toBe(batch === 40 ? 8 : 3)
    }
    expect(new Set(asked.map(({ seed }) => seed)).size).toBe(3) // each iteration meets noises of its own
  })

  test('goes on from the one before', async () => {
    const { app, asked } = appOf()
    const { warm_start } = (await send(app, '/v1/plan', ask())).json()
    asked.length = 0
    const next = await send(app, '/v1/plan', { ...ask(), prior: 0, warm_start: { ...warm_start, steps: 2 } })
    expect(next.statusCode, next.body).toBe(200)
    const [kept] = warm_start.elites
    const moved = [kept[2], kept[3], kept[3], kept[3]].flat(2)
    const first = [...asked[0]!.actions.subarray(0, moved.length)]
    for (const [i, value] of moved.entries()) expect(first[i]).toBeCloseTo(value, 5)
  })

  test('a longer or a shorter one too', async () => {
    const { app } = appOf()
    const { warm_start } = (await send(app, '/v1/plan', ask())).json()
    for (const horizon of [2, 9]) {
      const reply = await send(app, '/v1/plan', { ...ask(), horizon, warm_start })
      expect(reply.statusCode, reply.body).toBe(200)
      expect(reply.json().actions).toHaveLength(horizon)
    }
  })

  test('begins after the actions that are under way', async () => {
    const { app, asked } = appOf()
    const pending = actionsOf(1, 2)[0]
    const constraints = { max_change: 0.05 }
    const reply = await send(app, '/v1/plan', { ...ask(), prior: 0, pending_actions: pending, constraints })
    expect(reply.statusCode, reply.body).toBe(200)
    expect(asked[0]).toMatchObject({ batch: 1, horizon: 2 })
    const after = fakeTrajectories(asked[0]!).states.subarray(-S)
    expect(asked[1]!.states.slice(2 * S, 3 * S)).toEqual(after) // the latest of three states
    const last = pending!.at(-1)!.flat()
    for (const [i, value] of reply.json().actions[0].flat().entries())
      expect(Math.abs(value - last[i]!)).toBeLessThanOrEqual(0.05 + 1e-6)
  })

  test('agents that are not planned act by the policy, or as is given', async () => {
    const { app } = appOf()
    const byPolicy = (await send(app, '/v1/plan', { ...ask(), agents: ['back'] })).json()
    for (const step of byPolicy.actions) for (const value of step[0]) expect(value).toBeCloseTo(1 / 3, 6)
    const given = actionsOf(1, 4)[0]!
    const asGiven = (await send(app, '/v1/plan', { ...ask(), agents: ['back'], given })).json()
    for (const [t, step] of asGiven.actions.entries())
      for (const [a, value] of step[0].entries()) expect(value).toBeCloseTo(given[t]![0]![a]!, 6)
  })

  test('is told in metrics', async () => {
    const { app } = appOf()
    await send(app, '/v1/plan', ask())
    const { body } = await app.inject('/metrics')
    expect(body).toMatch(/wm_plans_total\{.*method="icem",stopped="done"\} 1/)
    expect(body).toMatch(/wm_plan_steps_total\{.*\} [1-9]/)
    expect(body).toMatch(/wm_plan_duration_seconds_count\{.*method="icem"\} 1/)
  })
})

describe('from a session', () => {
  test('a plan begins where the session stands, and leaves it there', async () => {
    const asked: Rollout[] = []
    const runner: Runner = {
      ...fakeRunner,
      rollout: async (_, rollout) => {
        asked.push(rollout)
        return { ...judged(rollout), queueMs: 0 }
      },
    }
    const sessions = openSessions(runner, KINDS, {
      capacity: 2,
      capacityPerOwner: 2,
      idleTimeoutMs: 60_000,
      pendingPerSession: 4,
    })
    const config = { BODY_LIMIT_BYTES: 1024 * 1024, MAX_BATCH: 1024, MAX_STREAM_HORIZON: 100 }
    const app = liveApp({ runner, sessions, config })
    const session_id = await created(app)
    const before = (await app.inject(`/v1/sessions/${session_id}`)).json()
    const reply = await send(app, '/v1/plan', { session_id, ...small })
    expect(reply.statusCode, reply.body).toBe(200)
    const { states, windows } = asked[0]!
    expect(windows[0]).toBe(1)
    const latest = [...states.subarray(2 * S, 3 * S)]
    for (const [i, value] of before.state.entries()) expect(latest[i]).toBeCloseTo(value, 4)
    const { expires_at: _, ...after } = (await app.inject(`/v1/sessions/${session_id}`)).json()
    expect(before).toMatchObject(after)
    problemOf(await send(app, '/v1/plan', { session_id, model: 'tiny' }), 400, 'invalid_request')
    problemOf(await send(app, '/v1/plan', { session_id: 'x'.repeat(22) }), 404, 'session_not_found')
    sessions.closeAll()
  })
})

describe('what is wrong is named', () => {
  const joint = (value: number) => Array.from({ length: N }, () => Array(A).fill(value))

  test.each<[object, number, string, string]>([
    [{ start: undefined }, 400, 'invalid_request', 'start'],
    [{ start: { states: [[1]] } }, 400, 'invalid_shape', 'start.states[0]'],
    [{ model: 'other' }, 404, 'unknown_model', 'model'],
    [{ method: 'best' }, 400, 'invalid_request', 'method'],
    [{ speed: 3 }, 400, 'invalid_request', 'speed'],
    [{ horizon: 16 }, 400, 'horizon_out_of_range', 'horizon'],
    [{ population: 0 }, 400, 'invalid_request', 'population'],
    [{ population: 4096 }, 400, 'batch_out_of_range', 'population'],
    [
      { objective: { samples: 64, terminal: 'none' }, population: 17 },
      400,
      'batch_out_of_range',
      'population',
    ],
    [{ elites: 17 }, 400, 'batch_out_of_range', 'elites'],
    [{ agents: ['left'] }, 400, 'unknown_agent', 'agents[0]'],
    [{ agents: ['back', 'back'] }, 400, 'invalid_request', 'agents[1]'],
    [{ others: 'mean' }, 400, 'invalid_request', 'others'],
    [{ given: actionsOf(1, 4)[0] }, 400, 'invalid_request', 'given'],
    [{ agents: ['back'], given: actionsOf(1, 3)[0] }, 400, 'invalid_shape', 'given'],
    [{ constraints: { low: joint(0.5), high: joint(0.2) } }, 400, 'invalid_request', 'constraints.low[0][0]'],
    [{ constraints: { low: joint(-2) } }, 400, 'action_out_of_range', 'constraints.low[0][0]'],
    [{ constraints: { max_change: -1 } }, 400, 'invalid_request', 'constraints.max_change'],
    [{ constraints: { max_change: joint(-1) } }, 400, 'invalid_request', 'constraints.max_change[0][0]'],
    [
      { constraints: { low: joint(0.5), max_change: 0.1, previous: joint(0) } },
      400,
      'invalid_request',
      'constraints.max_change[0][0]',
    ],
    [{ constraints: { left: 1 } }, 400, 'invalid_request', 'constraints.left'],
    [{ warm_start: { mean: [] } }, 400, 'invalid_shape', 'warm_start.mean'],
    [
      { warm_start: { mean: actionsOf(1, 4)[0], elites: actionsOf(2, 3) } },
      400,
      'invalid_shape',
      'warm_start.elites[0]',
    ],
    [{ pending_actions: [] }, 400, 'invalid_shape', 'pending_actions'],
    [{ objective: { discount: 0 } }, 400, 'invalid_request', 'objective.discount'],
    [{ objective: { risk: -1 } }, 400, 'invalid_request', 'objective.risk'],
  ])('%j', async (change, status, code, field) => {
    const { app, asked } = appOf()
    const problem = problemOf(await send(app, '/v1/plan', { ...ask(), ...change }), status, code)
    expect(JSON.stringify(problem)).toContain(JSON.stringify(field))
    expect(asked).toEqual([])
  })

  test.each([
    [{ prior: 0.5 }, 'no_policy'],
    [{ agents: ['back'] }, 'no_policy'],
    [{ objective: { terminal: 'value' } }, 'no_value'],
    [{ objective: { departure: 0.1 } }, 'no_policy'],
  ])('of a model without policy and value: %j', async (change, code) => {
    const { app } = appOf({}, bundleOf() as ReturnType<typeof able>)
    problemOf(await send(app, '/v1/plan', { ...ask(), ...change }), 400, code)
    expect((await send(app, '/v1/plan', ask())).statusCode).toBe(200)
  })
})
