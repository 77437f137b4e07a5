// Actions outside their space never reach a model, and the reply tells of them; every reply says how far its states are
// from the training data.
import { expect, test } from 'vitest'
import { keepInside } from '../../src/server/rollout/action-range.ts'
import { noveltyOf } from '../../src/worlds/novelty.ts'
import type { Rollout } from '../../src/worlds/rollout.ts'
import { A, manifest, N, S } from '../registry/fixture.ts'
import { actionsOf, fakeRunner, problemOf, rollout, startOf, testApp } from './fixture.ts'
import { created, liveApp, send } from './live-app.ts'

const joint = (value = 0.1): number[][] => Array.from({ length: N }, () => Array(A).fill(value))

/** Two entries outside, one by rounding only inside. */
const wild = (): number[][] => {
  const actions = joint()
  actions[0]![0] = 1e10
  actions[1]![A - 1] = -3
  actions[0]![1] = 1
  return actions
}
const tamed = (): number[][] => {
  const actions = wild()
  actions[0]![0] = 1
  actions[1]![A - 1] = -1
  return actions
}

const numbersOf = ({
  model: _,
  timing: __,
  session_id: ___,
  clipped_actions: ____,
  ...rest
}: object & Record<string, unknown>) => rest

test('a rollout imagines what the clipped actions do, and says how many entries were clipped', async () => {
  const asked: Rollout[] = []
  const runner: typeof fakeRunner = {
    ...fakeRunner,
    rollout: (digest, one) => {
      asked.push(one)
      return fakeRunner.rollout(digest, one)
    },
  }
  const app = testApp({ runner })
  const body = (actions: number[][]) => ({
    starts: [startOf(1)],
    actions: [[actions, joint()]],
    seed: 1,
    samples: 2,
  })
  const reply = (await rollout(app, body(wild()))).json()
  expect(reply.clipped_actions).toBe(2)
  const clean = (await rollout(app, body(tamed()))).json()
  expect(clean.clipped_actions).toBe(0)
  expect(numbersOf(reply)).toEqual(numbersOf(clean))
  expect(asked[0]!.actions).toEqual(asked[1]!.actions)
})

test('padding is 0 and a choice is one of its options, whatever the mode', () => {
  const agents = [
    { name: 'a', actuators: ['force', 'left', 'right'], choices: [2] },
    { name: 'b', actuators: ['x', 'y'] },
  ]
  const formed = { ...manifest('formed', '1'), agents, action: { dimension: 3, low: -1, high: 1, unit: '1' } }
  const actions = Float32Array.of(7, 0, 1, 0.5, -0.5, 0.25)
  expect(keepInside(actions, formed, 'clip', 'actions')).toBe(2)
  expect([...actions]).toEqual([1, 0, 1, 0.5, -0.5, 0])
  expect(keepInside(actions, formed, 'refuse', 'actions')).toBe(0)
  const refusal = (field: string, given: unknown) =>
    expect.objectContaining({
      code: 'action_out_of_range',
      details: expect.objectContaining({ field, given }),
    })
  const padded = Float32Array.of(1, 0, 1, 0, 0, 3)
  expect(() => keepInside(padded, formed, 'refuse', 'actions', [])).toThrow(refusal('actions[1][2]', 3))
  const undecided = Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0)
  expect(() => keepInside(undecided, formed, 'clip', 'actions', [2])).toThrow(
    refusal('actions[1][0]', [0.5, 0.5]),
  )
})

test('the actions of a start are clipped and counted too', async () => {
  const app = testApp()
  const start = { ...startOf(2), actions: [wild()] }
  const reply = (await rollout(app, { starts: [start], actions: actionsOf(2, 3), seed: 1 })).json()
  expect(reply.clipped_actions).toBe(2) // it is one start, though it stands for two rows
})

test('a streamed rollout tells at its start', async () => {
  const app = testApp()
  const body = { starts: [startOf(1)], actions: [[wild()], [joint()]], seed: 1 }
  const lines = (await rollout(app, body, '/v1/rollout/stream')).body.trim().split('\n')
  const [first, step] = lines.map((line) => JSON.parse(line))
  expect(first).toMatchObject({ type: 'start', clipped_actions: 2 })
  expect(step.ood).toEqual([...noveltyOf(Float64Array.from(step.states.flat()), manifest('tiny', '1'))])
})

test('a session goes on from its clipped actions: steps, repetitions, snapshots', async () => {
  const app = liveApp()
  const [a, b] = [await created(app), await created(app)]
  const stepped = (await send(app, `/v1/sessions/${a}/step`, { actions: wild() })).json()
  const clean = (await send(app, `/v1/sessions/${b}/step`, { actions: tamed() })).json()
  expect([stepped.clipped_actions, clean.clipped_actions]).toEqual([2, 0])
  expect(numbersOf(stepped)).toEqual(numbersOf(clean))
  // It is the same step whether it is sent again as it was or as it was understood.
  for (const actions of [wild(), tamed()])
    expect((await send(app, `/v1/sessions/${a}/step`, { actions, step_id: 1 })).statusCode).toBe(200)
  const snapshots = await Promise.all([a, b].map((id) => send(app, `/v1/sessions/${id}/snapshot`)))
  const next = await Promise.all(
    snapshots.map(async (one) => {
      const { session_id } = (
        await send(app, '/v1/sessions/restore', { snapshot: one.json().snapshot })
      ).json()
      return (await send(app, `/v1/sessions/${session_id}/step`, { actions: joint() })).json()
    }),
  )
  expect(numbersOf(next[0])).toEqual(numbersOf(next[1]))
})

test('steps of many sessions tell it row by row; creating and resetting tell of the start', async () => {
  const app = liveApp()
  const ids = [await created(app), await created(app)]
  const reply = (
    await send(app, '/v1/sessions/step', { session_ids: ids, actions: [joint(), wild()] })
  ).json()
  expect(reply.clipped_actions).toEqual([0, 2])
  expect(reply.ood).toEqual(
    reply.states.map((state: number[]) => noveltyOf(Float64Array.from(state), manifest('tiny', '1'))[0]),
  )
  const start = { ...startOf(2), actions: [wild()] }
  const made = (await send(app, '/v1/sessions', { start })).json()
  expect(made).toMatchObject({ clipped_actions: 2, ood: expect.any(Number) })
  expect((await send(app, `/v1/sessions/${made.session_id}/reset`, { start })).json().clipped_actions).toBe(2)
  expect((await send(app, `/v1/sessions/${made.session_id}/reset`, {})).json()).not.toHaveProperty(
    'clipped_actions',
  )
})

test.each([
  [
    'a rollout',
    '/v1/rollout',
    { starts: [startOf(1)], actions: [[joint(), wild()]] },
    'actions[0][1][0][0]',
    1e10,
  ],
  [
    'a start',
    '/v1/rollout',
    { starts: [{ ...startOf(2), actions: [wild()] }], actions: [[joint()]] },
    'starts[0].actions[0][0][0]',
    1e10,
  ],
  [
    'a stream',
    '/v1/rollout/stream',
    { starts: [startOf(1)], actions: [[wild()]] },
    'actions[0][0][0][0]',
    1e10,
  ],
  [
    'a created session',
    '/v1/sessions',
    { start: { ...startOf(2), actions: [wild()] } },
    'start.actions[0][0][0]',
    1e10,
  ],
])(
  'with OUT_OF_RANGE_ACTIONS=refuse %s is refused by agent and entry',
  async (_, url, body, field, given) => {
    const app = liveApp({ config: { OUT_OF_RANGE_ACTIONS: 'refuse' } })
    const problem = problemOf(await rollout(app, body, url), 400, 'action_out_of_range')
    expect(problem.errors).toMatchObject([{ field, expected: [-1, 1], given }])
    expect(problem.detail).toContain(manifest('tiny', '1').agents[0]!.name)
  },
)

test('with OUT_OF_RANGE_ACTIONS=refuse no session steps, and what is inside passes', async () => {
  const app = liveApp({ config: { OUT_OF_RANGE_ACTIONS: 'refuse' } })
  const ids = [await created(app), await created(app)]
  const many = await send(app, '/v1/sessions/step', { session_ids: ids, actions: [joint(), wild()] })
  expect(problemOf(many, 400, 'action_out_of_range').errors).toMatchObject([{ field: 'actions[1][0][0]' }])
  problemOf(await send(app, `/v1/sessions/${ids[0]}/step`, { actions: wild() }), 400, 'action_out_of_range')
  expect(
    (await send(app, `/v1/sessions/${ids[0]}/step`, { actions: joint(1) })).json().committed_step_id,
  ).toBe(1)
})

test('a bound that 32 bits do not have is inside', () => {
  const narrow = manifest('tiny', '1', { action: { dimension: A, low: -0.4, high: 0.4, unit: '1' } })
  const actions = Float32Array.from(Array(N * A).fill(0.4))
  expect(keepInside(actions, narrow, 'refuse', 'actions')).toBe(0)
})

test('novelty is the largest distance in standard deviations, and one of the arrays of a rollout', async () => {
  const spec = { normalisation: { mean: [1, 0], std: [2, 0.5] } }
  expect([...noveltyOf(Float64Array.of(1, 0, 5, 0.25, 1, -4), spec)]).toEqual([0, 2, 8])
  const app = testApp()
  const body = { starts: [startOf(1)], actions: actionsOf(2, 3), seed: 1 }
  const reply = (await rollout(app, body)).json()
  expect(reply.ood).toEqual(
    reply.states.map((row: number[][]) => [
      ...noveltyOf(Float64Array.from(row.flat()), manifest('tiny', '1')),
    ]),
  )
  expect((await rollout(app, { ...body, outputs: ['rewards'] })).json()).not.toHaveProperty('ood')
  expect(Object.keys((await rollout(app, { ...body, outputs: ['ood'] })).json())).toContain('ood')
  expect(reply.states[0][0]).toHaveLength(S)
})
