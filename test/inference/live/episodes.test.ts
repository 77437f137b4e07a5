// Starts, resets, the ends of episodes and what follows them.
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import { hashKey, Rng } from '../../../src/common/rng.ts'
import type { AutoresetMode } from '../../../src/inference/live/types.ts'
import {
  actionOf,
  create,
  modelOf,
  OPTIONS,
  open,
  recordingRunner,
  refused,
  S,
  STARTS,
  startOf,
} from './fixture.ts'

const lastOf = (start: { states: Float64Array }) => start.states.slice(-S)
const chosen = (seed: number) => lastOf(STARTS[new Rng(seed, 'start').int(STARTS.length)]!)
const seedAfter = (seed: number, episode: number) => hashKey([seed, 'episode', episode])

test('without a start the seed chooses one of the model', async () => {
  const sessions = open()
  const views = await Promise.all(Array.from({ length: 20 }, (_, seed) => create(sessions, { seed })))
  views.forEach(({ state }, seed) => {
    expect(state).toEqual(chosen(seed))
  })
  expect(new Set(views.map(({ state }) => state[0])).size).toBe(STARTS.length)
})

test('without a seed one is drawn', async () => {
  const sessions = open()
  const { seed: _, ...unseeded } = OPTIONS
  const views = await Promise.all(Array.from({ length: 4 }, () => sessions.create('me', unseeded)))
  const seeds = views.map(({ seed }) => seed)
  expect(new Set(seeds).size).toBe(4)
  for (const seed of seeds) expect(seed >>> 0).toBe(seed) // uint32
  for (const { seed, state } of views) expect(state).toEqual(chosen(seed))
})

test('a model without starts needs a given one', async () => {
  const sessions = open()
  const model = modelOf('digest', [])
  await expect(create(sessions, { model })).rejects.toEqual(refused('no_start'))
  const { id } = await create(sessions, { model, start: startOf(1) })
  await expect(sessions.reset('me', id, {})).rejects.toEqual(refused('no_start'))
  expect(await sessions.reset('me', id, { start: startOf(2) })).toMatchObject({ episode: 1 })
})

test.each<AutoresetMode>(['same_step', 'next_step'])('%s needs starts of the model', async (autoreset) => {
  const sessions = open()
  const options = { model: modelOf('digest', []), start: startOf(1), autoreset }
  await expect(create(sessions, options)).rejects.toEqual(refused('no_start'))
  expect(sessions.digests()).toEqual(new Set())
})

test('a start that is too large for the model is refused', async () => {
  const sessions = open()
  const start = { states: new Float64Array(S).fill(1e300), actions: new Float32Array(0) }
  await expect(create(sessions, { start })).rejects.toEqual(refused('diverged'))
  expect(sessions.stats().open).toBe(0)
  const { id } = await create(sessions)
  const before = sessions.get('me', id)
  await expect(sessions.reset('me', id, { start })).rejects.toEqual(refused('diverged'))
  expect(sessions.get('me', id)).toMatchObject({ episode: 0, state: before.state })
})

test('a reset begins another episode and leaves the step ids', async () => {
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions, { seed: 7 })
  await sessions.step('me', id, actionOf(0))
  const answer = await sessions.step('me', id, actionOf(1))
  const view = await sessions.reset('me', id, {})
  const seed = seedAfter(7, 1)
  expect(view).toMatchObject({
    id,
    seed,
    episode: 1,
    episodeStep: 0,
    committedStepId: 2,
    state: chosen(seed),
  })
  expect(await sessions.step('me', id, actionOf(1), { stepId: 2 })).toEqual(answer) // still the last step
  expect(await sessions.step('me', id, actionOf(2))).toMatchObject({ stepId: 3, episodeStep: 1 })
  expect(rows[2]).toMatchObject({ seed, step: 0 })
  expect(rows[2]!.id).not.toBe(rows[1]!.id)
  expect((await sessions.reset('me', id, {})).seed).toBe(seedAfter(seed, 2))
})

test('a reset with seed and start is a session created with them', async () => {
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const a = await create(sessions, { seed: 99, start: startOf(3) })
  const b = await create(sessions)
  await sessions.step('me', b.id, actionOf(5))
  const view = await sessions.reset('me', b.id, { seed: 99, start: startOf(3) })
  expect(view).toMatchObject({ seed: 99, state: a.state, observations: a.observations })
  const [x, y] = [await sessions.step('me', a.id, actionOf(0)), await sessions.step('me', b.id, actionOf(0))]
  expect(y.state).toEqual(x.state)
  const [first, second] = rows.slice(1)
  expect({ ...second, id: 0 }).toEqual({ ...first, id: 0 })
})

test('a reset waits its turn', async () => {
  const sessions = open()
  const { id } = await create(sessions)
  const [before, reset, after] = await Promise.all([
    sessions.step('me', id, actionOf(0)),
    sessions.reset('me', id, { seed: 1 }),
    sessions.step('me', id, actionOf(1)),
  ])
  expect(before).toMatchObject({ stepId: 1, episodeStep: 1 })
  expect(reset).toMatchObject({ committedStepId: 1, episodeStep: 0, seed: 1 })
  expect(after).toMatchObject({ stepId: 2, episodeStep: 1 })
})

test('a reset whose observation fails changes nothing', async () => {
  const { runner } = recordingRunner()
  let broken = false
  const sessions = open({
    ...runner,
    begin: (digest, choice, start) =>
      broken ? Promise.reject(new Error('no executor')) : runner.begin(digest, choice, start),
  })
  const { id } = await create(sessions)
  const answer = await sessions.step('me', id, actionOf(0))
  broken = true
  await expect(sessions.reset('me', id, {})).rejects.toThrow('no executor')
  expect(sessions.get('me', id)).toMatchObject({ episode: 0, state: answer.state })
  await expect(create(sessions)).rejects.toThrow('no executor')
  expect(sessions.stats().open).toBe(1)
})

const endsAt = (step: number) => recordingRunner((row) => row.step === step - 1)

test('an episode is terminated where the outcome says so, and over until a reset', async () => {
  const { runner, rows } = endsAt(2)
  const sessions = open(runner)
  const { id } = await create(sessions)
  expect(await sessions.step('me', id, actionOf(0))).toMatchObject({ terminated: false, truncated: false })
  const end = await sessions.step('me', id, actionOf(1))
  expect(end).toMatchObject({ terminated: true, truncated: false, episodeStep: 2 })
  expect(end.final).toBeUndefined()
  expect(sessions.get('me', id)).toMatchObject({ terminated: true, truncated: false, episodeStep: 2 })
  await expect(sessions.step('me', id, actionOf(2))).rejects.toEqual(refused('episode_over'))
  expect(await sessions.step('me', id, actionOf(1), { stepId: 2 })).toEqual(end)
  expect(rows).toHaveLength(2)
  expect(await sessions.reset('me', id, {})).toMatchObject({ terminated: false, episodeStep: 0 })
  expect(await sessions.step('me', id, actionOf(2))).toMatchObject({ stepId: 3, episodeStep: 1 })
})

test('an episode is truncated after its most steps', async () => {
  const sessions = open()
  const { id } = await create(sessions, { maxEpisodeSteps: 2 })
  expect(await sessions.step('me', id, actionOf(0))).toMatchObject({ truncated: false })
  expect(await sessions.step('me', id, actionOf(1))).toMatchObject({ terminated: false, truncated: true })
  await expect(sessions.step('me', id, actionOf(2))).rejects.toEqual(refused('episode_over'))
})

test('an episode may be terminated and truncated by the same step', async () => {
  const sessions = open(endsAt(2).runner)
  const { id } = await create(sessions, { maxEpisodeSteps: 2 })
  await sessions.step('me', id, actionOf(0))
  expect(await sessions.step('me', id, actionOf(1))).toMatchObject({ terminated: true, truncated: true })
})

test('same_step: the answer that ends an episode shows the next start, and the end as final', async () => {
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const alone = open(runner)
  const [a, b] = [
    await create(sessions, { maxEpisodeSteps: 2, autoreset: 'same_step' }),
    await create(alone, { maxEpisodeSteps: 2 }),
  ]
  const first = await sessions.step('me', a.id, actionOf(0))
  const end = await sessions.step('me', a.id, actionOf(1))
  await alone.step('me', b.id, actionOf(0))
  const reached = await alone.step('me', b.id, actionOf(1))
  const seed = seedAfter(7, 1)
  expect(first.final).toBeUndefined()
  expect(end).toMatchObject({
    stepId: 2,
    truncated: true,
    terminated: false,
    episodeStep: 0,
    state: chosen(seed),
  })
  expect(end.final).toEqual({ state: reached.state, observations: reached.observations })
  expect(end.reward).toBe(reached.reward)
  const view = sessions.get('me', a.id)
  expect(view).toMatchObject({ seed, episode: 1, episodeStep: 0, terminated: false, truncated: false })
  expect([view.state, view.observations]).toEqual([end.state, end.observations])
  expect(await sessions.step('me', a.id, actionOf(1), { stepId: 2 })).toEqual(end)
  expect(await sessions.step('me', a.id, actionOf(2))).toMatchObject({ stepId: 3, episodeStep: 1 })
  expect(rows.at(-1)).toMatchObject({ seed, step: 0 })
})

test('same_step: when the next start can not be observed the step has not happened', async () => {
  const { runner } = recordingRunner()
  let broken = false
  const sessions = open({
    ...runner,
    begin: (digest, choice, start) =>
      broken ? Promise.reject(new Error('no executor')) : runner.begin(digest, choice, start),
  })
  const { id } = await create(sessions, { maxEpisodeSteps: 1, autoreset: 'same_step' })
  broken = true
  await expect(sessions.step('me', id, actionOf(0), { stepId: 1 })).rejects.toThrow('no executor')
  expect(sessions.get('me', id)).toMatchObject({ committedStepId: 0, episode: 0 })
  broken = false
  expect(await sessions.step('me', id, actionOf(0), { stepId: 1 })).toMatchObject({
    stepId: 1,
    truncated: true,
  })
})

test('next_step: the step after the end ignores its action and shows the next start', async () => {
  const { runner, rows } = endsAt(1)
  const sessions = open(runner)
  const { id } = await create(sessions, { autoreset: 'next_step' })
  const end = await sessions.step('me', id, actionOf(0))
  expect(end).toMatchObject({ terminated: true, episodeStep: 1 })
  expect(end.final).toBeUndefined()
  const begun = await sessions.step('me', id, actionOf(1))
  const seed = seedAfter(7, 1)
  expect(begun).toMatchObject({
    ...{ stepId: 2, committedStepId: 2, episodeStep: 0, reward: 0, terminationProbability: 0 },
    ...{ terminated: false, truncated: false, state: chosen(seed) },
  })
  expect(rows).toHaveLength(1)
  expect(await sessions.step('me', id, actionOf(1), { stepId: 2 })).toEqual(begun)
  const conflict = sessions.step('me', id, actionOf(5), { stepId: 2 })
  await expect(conflict).rejects.toEqual(refused('step_conflict'))
  expect(sessions.get('me', id)).toMatchObject({ seed, episode: 1, terminated: false })
  expect(await sessions.step('me', id, actionOf(2))).toMatchObject({ stepId: 3, episodeStep: 1 })
})

test('next_step: beginning the next episode can be canceled and changes nothing then', async () => {
  const { runner } = endsAt(1)
  const abort = new AbortController()
  const sessions = open({
    ...runner,
    begin: (digest, choice, start, options) =>
      options?.signal === abort.signal
        ? Promise.reject(new DimaError('canceled', 'dropped'))
        : runner.begin(digest, choice, start),
  })
  const { id } = await create(sessions, { autoreset: 'next_step' })
  await sessions.step('me', id, actionOf(0))
  const begun = sessions.step('me', id, actionOf(1), { signal: abort.signal })
  await expect(begun).rejects.toEqual(refused('canceled'))
  expect(sessions.get('me', id)).toMatchObject({ committedStepId: 1, episode: 0, terminated: true })
  expect(await sessions.step('me', id, actionOf(1))).toMatchObject({ stepId: 2, episodeStep: 0 })
})

test('a reset after the end begins the episode that autoreset would have begun', async () => {
  const sessions = open(endsAt(1).runner)
  const a = await create(sessions, { autoreset: 'next_step' })
  const b = await create(sessions, { autoreset: 'disabled' })
  await sessions.step('me', a.id, actionOf(0))
  await sessions.step('me', b.id, actionOf(0))
  const automatic = await sessions.step('me', a.id, actionOf(1))
  const byHand = await sessions.reset('me', b.id, {})
  expect([byHand.state, byHand.observations]).toEqual([automatic.state, automatic.observations])
  expect(byHand.seed).toBe(sessions.get('me', a.id).seed)
})
