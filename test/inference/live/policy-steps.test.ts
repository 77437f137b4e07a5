// Steps in which a policy acts: what is computed, what is answered, and that they are repeated, restored and forked as others.
import { expect, test } from 'vitest'
import type { LiveModel, StepOptions } from '../../../src/inference/live/types.ts'
import type { Runner } from '../../../src/inference/runner.ts'
import type { Seen } from '../../../src/worlds/acting.ts'
import { fakeRunner } from '../fake-runner.ts'
import {
  A,
  actionOf,
  columnsOf,
  create,
  modelOf,
  N,
  open,
  recordingRunner,
  refused,
  SIZES,
} from './fixture.ts'

const sampled: StepOptions['policy'] = { agents: [true, true], mode: 'sample' }
const back: StepOptions['policy'] = { agents: [false, true], mode: 'mean' }
const find = (digest: string): LiveModel | undefined => (digest === 'digest' ? modelOf() : undefined)

function watched(change: Partial<Runner> = {}) {
  const { runner, rows } = recordingRunner()
  const seen: Seen[] = []
  const act: Runner['act'] = (digest, one, options) => {
    seen.push(one)
    return (change.act ?? runner.act)(digest, one, options)
  }
  return { sessions: open({ ...runner, act }), rows, seen }
}

test('what the policy does is done and told, and the others do what was given', async () => {
  const { sessions, rows, seen } = watched()
  const { id, observations } = await create(sessions)
  const answer = await sessions.step('me', id, actionOf(0), { policy: back })
  expect(seen).toHaveLength(1)
  expect([...seen[0]!.observations]).toEqual([...observations])
  const taken = [...answer.actions!]
  expect(taken.slice(0, A)).toEqual([...actionOf(0).slice(0, A)])
  expect(taken.slice(A)).not.toEqual([...actionOf(0).slice(A)])
  expect([...columnsOf(rows[0]!).actions.slice(-N * A)]).toEqual(taken)
  const next = await sessions.step('me', id, actionOf(1))
  expect(next.actions).toBeUndefined()
  expect(seen).toHaveLength(1)
})

test('its time counts with that of the step', async () => {
  const sessions = open()
  const { id } = await create(sessions)
  const alone = await sessions.step('me', id, actionOf(0))
  const acted = await sessions.step('me', id, actionOf(0), { policy: sampled })
  expect([acted.queueMs - alone.queueMs, acted.computeMs - alone.computeMs]).toEqual([2, 4])
})

test('a step is repeated with the same policy alone', async () => {
  const { sessions, seen } = watched()
  const { id } = await create(sessions)
  const answer = await sessions.step('me', id, actionOf(0), { policy: back })
  const again = (policy: StepOptions['policy'], i = 0) =>
    sessions.step('me', id, actionOf(i), { stepId: 1, ...(policy ? { policy } : {}) })
  expect(await again(back)).toEqual(answer)
  expect(seen).toHaveLength(1)
  for (const other of [undefined, sampled, { ...back, mode: 'sample' as const }])
    await expect(again(other)).rejects.toEqual(refused('step_conflict', { field: 'policy' }))
  await expect(again(back, 1)).rejects.toEqual(refused('step_conflict', { field: 'actions' }))
})

test.each([['sample', sampled] as const, ['mean', back] as const])(
  'restored and forked sessions have the same future: %s',
  async (_, policy) => {
    const sessions = open()
    const { id } = await create(sessions)
    for (let i = 0; i < 3; i++) await sessions.step('me', id, actionOf(i), { policy })
    const { snapshot } = await sessions.snapshot('me', id)
    const restored = await sessions.restore('me', snapshot, find)
    const [child] = await sessions.fork('me', id, { count: 1 })
    const last = await sessions.step('me', id, actionOf(2), { policy, stepId: 3 })
    for (const copy of [restored.id, child!.id])
      expect(await sessions.step('me', copy, actionOf(2), { policy, stepId: 3 })).toEqual({
        ...last,
        sessionId: copy,
      })
    for (let i = 3; i < 20; i++) {
      const own = await sessions.step('me', id, actionOf(i), { policy })
      for (const copy of [restored.id, child!.id])
        expect({ ...(await sessions.step('me', copy, actionOf(i), { policy })), sessionId: id }).toEqual(own)
    }
  },
)

test('a fork with a seed of its own draws other actions', async () => {
  const sessions = open()
  const { id } = await create(sessions)
  const [child] = await sessions.fork('me', id, { count: 1, seeds: [99] })
  const [own, other] = [id, child!.id].map((one) =>
    sessions.step('me', one, actionOf(0), { policy: sampled }),
  )
  expect((await other)!.actions).not.toEqual((await own)!.actions)
})

test('a step that only shows the next start asks no policy and tells no actions', async () => {
  const { sessions, seen } = watched()
  const { id } = await create(sessions, { autoreset: 'next_step', maxEpisodeSteps: 1 })
  await sessions.step('me', id, actionOf(0), { policy: sampled })
  const shown = await sessions.step('me', id, actionOf(0), { policy: sampled })
  expect([shown.episodeStep, shown.actions, seen.length]).toEqual([0, undefined, 1])
  const { snapshot } = await sessions.snapshot('me', id)
  const restored = await sessions.restore('me', snapshot, find)
  const repeated = await sessions.step('me', restored.id, actionOf(0), { policy: sampled, stepId: 2 })
  expect(repeated).toEqual({ ...shown, sessionId: restored.id })
})

test('a policy that fails, or does what is no number, changes nothing', async () => {
  let broken = true
  const act: Runner['act'] = async (...asked) => {
    const decided = await fakeRunner(SIZES).act(...asked)
    return broken ? { ...decided, std: decided.std.map(() => Number.NaN) } : decided
  }
  const { sessions, rows } = watched({ act })
  const { id } = await create(sessions)
  const step = () => sessions.step('me', id, actionOf(0), { policy: sampled })
  await expect(step()).rejects.toEqual(refused('diverged'))
  expect([rows.length, sessions.get('me', id).committedStepId]).toEqual([0, 0])
  broken = false
  expect(await step()).toMatchObject({ stepId: 1 })
})

test('policy and step keep the deadline and the owner', async () => {
  const asked: unknown[] = []
  const runner = fakeRunner(SIZES)
  const sessions = open({
    ...runner,
    act: (digest, seen, options) => {
      asked.push(options)
      return runner.act(digest, seen, options)
    },
  })
  const { id } = await create(sessions)
  const deadline = performance.now() + 60_000
  await sessions.step('me', id, actionOf(0), { policy: sampled, owner: 'me', deadline })
  expect(asked).toEqual([expect.objectContaining({ owner: 'me', deadline })])
})
