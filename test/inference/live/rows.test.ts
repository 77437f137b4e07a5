// What an executor is given for a step: the same window, actions and random stream as in a rollout of the session.
import { expect, test } from 'vitest'
import type { LiveRow } from '../../../src/worlds/live.ts'
import { startKeys } from '../../../src/worlds/noise.ts'
import type { StartWindow } from '../../../src/worlds/starts.ts'
import { carriedOf, fakeOutcome } from '../fake-runner.ts'
import {
  actionOf,
  columnsOf,
  create,
  H,
  JOINT,
  L,
  modelOf,
  open,
  recordingRunner,
  S,
  SIZES,
  startOf,
} from './fixture.ts'

const spec = modelOf().bundle.manifest

/** The rows of `steps` steps from a start window of `length` states, and the x that the runner answered them with. */
async function rowsOf(length: number, steps: number) {
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions, { start: startOf(length) })
  for (let i = 0; i < steps; i++) await sessions.step('me', id, actionOf(i))
  return { rows, imagined: rows.map((row) => fakeOutcome(row, SIZES, () => false).carried) }
}

/** The start as a rollout has it: padded in front. */
function rolloutStart(length: number) {
  const { states, actions } = startOf(length)
  const padded = new Float64Array(L * S)
  const past = new Float32Array((L - 1) * JOINT)
  padded.set(states, padded.length - states.length)
  past.set(actions, past.length - actions.length)
  return { batch: 1, horizon: 0, states: padded, windows: Int32Array.of(length), pastActions: past }
}

const numbers = (...parts: ArrayLike<number>[]) => parts.flatMap((part) => Array.from(part))
const actionsFrom = (from: number, to: number) =>
  numbers(...Array.from({ length: to - from }, (_, i) => actionOf(from + i)))

test.each([1, 2, 3])(
  'rows of a session that starts with %s states are those of a rollout',
  async (length) => {
    const { rows, imagined } = await rowsOf(length, H)
    const start = rolloutStart(length)
    const x = numbers(carriedOf(startOf(length).states, { S }), ...imagined) // [L + H, S] as Simulator.rollout has it
    const actions = numbers(start.pastActions, actionsFrom(0, H)) // [L - 1 + H, N, A]
    rows.forEach((row, t) => {
      expect(row).toMatchObject({ seed: 7, key: startKeys(start, L)[0], step: t })
      const columns = columnsOf(row)
      expect([...columns.windows]).toEqual(x.slice(t * S, (t + L) * S))
      expect([...columns.actions]).toEqual(actions.slice(t * JOINT, (t + L) * JOINT))
      expect([...columns.rewardStates]).toEqual(x.slice((L - 1) * S, (L + t) * S))
      expect([...columns.rewardActions]).toEqual(actionsFrom(0, t + 1))
      expect([...columns.lengths]).toEqual([t + 1])
    })
  },
)

test('all steps within the horizon are one lineage', async () => {
  const { rows } = await rowsOf(3, H)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(1)
})

test('a full reward window is anchored anew on the latest L steps, under the same id', async () => {
  const { rows } = await rowsOf(3, 3 * H)
  const entries = rows.map((row) => columnsOf(row).rewardStates.length / S)
  const period = H - L
  const expected = rows.map((_, t) => (t < H ? t + 1 : L + 1 + ((t - H) % period)))
  expect(entries).toEqual(expected)
  expect(Math.max(...entries)).toBe(H)
  rows.forEach((row, t) => {
    const count = entries[t]!
    const { rewardActions } = columnsOf(row)
    expect(rewardActions.length).toBe(count * JOINT)
    expect([...rewardActions]).toEqual(actionsFrom(t + 1 - count, t + 1))
    expect(row.id).toBe(rows[0]!.id)
  })
})

test('windows go on over a new anchor, and the reward window ends with them', async () => {
  const { rows, imagined } = await rowsOf(2, 2 * H + 5)
  rows.slice(L).forEach((row, i) => {
    const t = L + i
    const { windows, rewardStates } = columnsOf(row)
    expect([...windows]).toEqual(numbers(...imagined.slice(t - L, t)))
    expect(row.step).toBe(t)
    const shared = Math.min(windows.length, rewardStates.length)
    expect([...windows.slice(-shared)]).toEqual([...rewardStates.slice(-shared)])
  })
})

test('arrays that were handed out are never written again', async () => {
  const seen: LiveRow[] = []
  const { runner, rows } = recordingRunner((row) => {
    seen.push(structuredClone(row))
    return false
  })
  const sessions = open(runner)
  const { id } = await create(sessions, { start: startOf(2) })
  for (let i = 0; i < 2 * H; i++) await sessions.step('me', id, actionOf(i))
  await sessions.fork('me', id, { count: 2 })
  await sessions.reset('me', id, {})
  await sessions.step('me', id, actionOf(0))
  expect(rows.map(({ id: _, ...row }) => row)).toEqual(seen.map(({ id: _, ...row }) => row))
})

test('a start is shown as it was given, and begun as it was given', async () => {
  const begun: StartWindow[] = []
  const { runner } = recordingRunner()
  const sessions = open({
    ...runner,
    begin: async (digest, choice, start) => {
      begun.push(start)
      return runner.begin(digest, choice, start)
    },
  })
  const start = startOf(2)
  const view = await create(sessions, { start })
  expect([...view.state]).toEqual([...start.states.slice(S)])
  expect(begun).toEqual([start])
  expect(view.observations).toEqual((await runner.begin('digest', undefined, start)).observations)
})

test('a horizon shorter than the context still leaves room for a step', async () => {
  const model = modelOf()
  const manifest = { ...spec, horizon: 2 }
  const short = { ...model, bundle: { ...model.bundle, manifest } }
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const { id } = await create(sessions, { model: short, start: startOf(3) })
  for (let i = 0; i < 6; i++) await sessions.step('me', id, actionOf(i))
  expect(rows.map((row) => columnsOf(row, manifest).rewardStates.length / S)).toEqual([1, 2, 2, 2, 2, 2])
  rows.forEach((row, t) => {
    expect([...columnsOf(row, manifest).actions.slice(-JOINT)]).toEqual([...actionOf(t)])
  })
})
