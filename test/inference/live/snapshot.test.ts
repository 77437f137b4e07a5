// Snapshots: the same future after a restore, and nothing but typed errors for anything else.
import { Packr, Unpackr } from 'msgpackr'
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import type { LiveModel, Sessions } from '../../../src/inference/live/types.ts'
import {
  A,
  actionOf,
  columnsOf,
  create,
  H,
  L,
  modelOf,
  N,
  OPTIONS,
  open,
  recordingRunner,
  refused,
  S,
  startOf,
} from './fixture.ts'

const find = (digest: string): LiveModel | undefined => (digest === 'digest' ? modelOf() : undefined)
const packr = new Packr({ useRecords: false })
const pack = (value: unknown) => packr.pack(value).toString('base64url')
// biome-ignore lint/suspicious/noExplicitAny: a test may break it in any way
type Fields = Record<string, any>
const unpack = (snapshot: string): Fields =>
  new Unpackr({ useRecords: false }).unpack(Buffer.from(snapshot, 'base64url'))

async function steppedSession(sessions: Sessions, steps: number, change = {}) {
  const { id } = await create(sessions, { start: startOf(2), ...change })
  for (let i = 0; i < steps; i++) await sessions.step('me', id, actionOf(i))
  return id
}

async function snapshotOf(steps = 3, change = {}): Promise<string> {
  const sessions = open()
  return (await sessions.snapshot('me', await steppedSession(sessions, steps, change))).snapshot
}

test.each([0, 1, H - 1, H, H + 4, 2 * H + 1])(
  'after %s steps a restored session has the same future',
  async (steps) => {
    const { runner, rows } = recordingRunner()
    const [here, there] = [open(runner), open(runner)]
    const id = await steppedSession(here, steps)
    const { snapshot, ...rest } = await here.snapshot('me', id)
    expect(rest).toEqual({ sessionId: id, committedStepId: steps, digest: 'digest' })
    const restored = await there.restore('you', snapshot, find)
    expect({ ...restored, id, expiresAt: 0 }).toEqual({ ...here.get('me', id), expiresAt: 0 })
    for (let i = 0; i < H; i++) {
      const own = await here.step('me', id, actionOf(i, 1))
      const other = await there.step('you', restored.id, actionOf(i, 1))
      expect({ ...other, sessionId: id }).toEqual(own)
      const [row, copy] = rows.slice(-2)
      expect(copy!.id).not.toBe(row!.id)
      expect({ ...copy, id: 0 }).toEqual({ ...row, id: 0 })
    }
  },
)

test('the last step can be repeated after a restore', async () => {
  const sessions = open()
  const id = await steppedSession(sessions, 2)
  const answer = await sessions.step('me', id, actionOf(0, 1))
  const { snapshot } = await sessions.snapshot('me', id)
  const restored = await sessions.restore('me', snapshot, find)
  const repeated = await sessions.step('me', restored.id, actionOf(0, 1), { stepId: 3 })
  expect(repeated).toEqual({ ...answer, sessionId: restored.id })
  const conflict = sessions.step('me', restored.id, actionOf(5), { stepId: 3 })
  await expect(conflict).rejects.toEqual(refused('step_conflict'))
})

test('episodes go on after a restore: autoreset, truncation, seeds, final', async () => {
  const sessions = open()
  const id = await steppedSession(sessions, 3, { autoreset: 'same_step', maxEpisodeSteps: 3 })
  const { snapshot } = await sessions.snapshot('me', id)
  const restored = await sessions.restore('me', snapshot, find)
  expect(restored).toMatchObject({ autoreset: 'same_step', maxEpisodeSteps: 3, episode: 1, episodeStep: 0 })
  const repeated = await sessions.step('me', restored.id, actionOf(2), { stepId: 3 })
  expect(repeated.final).toBeDefined()
  for (let i = 3; i < 10; i++) {
    const own = await sessions.step('me', id, actionOf(i))
    expect({ ...(await sessions.step('me', restored.id, actionOf(i))), sessionId: id }).toEqual(own)
  }
})

test('an episode that is over stays over', async () => {
  const sessions = open()
  const restored = await sessions.restore('me', await snapshotOf(2, { maxEpisodeSteps: 2 }), find)
  expect(restored.truncated).toBe(true)
  await expect(sessions.step('me', restored.id, actionOf(2))).rejects.toEqual(refused('episode_over'))
})

test('a snapshot is small, plain and of no owner', async () => {
  const sessions = open()
  const id = await steppedSession(sessions, H - 1)
  const { snapshot } = await sessions.snapshot('me', id)
  expect(snapshot).toMatch(/^[A-Za-z0-9_-]+$/)
  expect(snapshot.length).toBeLessThan(4096)
  const fields = unpack(snapshot)
  expect(fields).toMatchObject({
    format: 'dima-session',
    version: 1,
    digest: 'digest',
    committedStepId: H - 1,
  })
  expect(fields.states).toHaveLength(4 * (L + H - 1) * S)
  const text = Buffer.from(snapshot, 'base64url').toString('latin1')
  expect(text).not.toContain(id)
  expect(text).not.toContain('nowhere')
})

test('restoring takes a place and an owner', async () => {
  const snapshot = await snapshotOf()
  const sessions = open(undefined, { capacityPerOwner: 1 })
  const { id } = await sessions.restore('me', snapshot, find)
  await expect(sessions.restore('me', snapshot, find)).rejects.toEqual(refused('session_limit'))
  expect(() => sessions.get('you', id)).toThrow(refused('session_not_found'))
  expect(sessions.digests()).toEqual(new Set(['digest']))
})

test('a snapshot of a model that is not served is of no use', async () => {
  const sessions = open()
  const restoring = sessions.restore('me', await snapshotOf(), () => undefined)
  await expect(restoring).rejects.toEqual(refused('model_gone'))
})

test('autoreset needs starts after a restore too', async () => {
  const sessions = open()
  const snapshot = await snapshotOf(1, { autoreset: 'next_step' })
  const restoring = sessions.restore('me', snapshot, () => modelOf('digest', []))
  await expect(restoring).rejects.toEqual(refused('no_start'))
})

test('a snapshot of a model of other sizes is refused by its digest or its sizes', async () => {
  const sessions = open()
  const model = modelOf()
  const state = [...model.bundle.manifest.state, { name: 'more', unit: '1' }]
  const other = { ...model, bundle: { ...model.bundle, manifest: { ...model.bundle.manifest, state } } }
  const restoring = sessions.restore('me', await snapshotOf(), () => other)
  await expect(restoring).rejects.toEqual(refused('invalid_snapshot', { field: 'snapshot.states' }))
})

const f4 = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer)

test.each<[field: string, change: (fields: Fields) => void]>([
  ['format', (f) => (f.format = 'other')],
  ['version', (f) => (f.version = 2)],
  ['digest', (f) => (f.digest = 5)],
  ['', (f) => delete f.digest],
  ['more', (f) => (f.more = 1)],
  ['x'.repeat(64), (f) => (f['x'.repeat(10_000)] = 1)],
  ['plan.name', (f) => (f.plan.name = 'random')],
  ['plan.order', (f) => (f.plan = { name: 'joint', order: [0] })],
  ['plan.order', (f) => (f.plan = { name: 'progressive', order: [0, 0] })],
  ['plan.order', (f) => (f.plan = { name: 'progressive', order: [0, 2] })],
  ['plan.order', (f) => (f.plan = { name: 'progressive', order: [0, 1, 0, 1] })],
  ['plan.order', (f) => (f.plan = { name: 'sequential', order: [0, 1, 0] })],
  ['plan.order', (f) => (f.plan = { name: 'sequential', order: [0, 0, 0, 1] })],
  ['plan.order', (f) => (f.plan = { name: 'sequential', order: [] })],
  ['autoreset', (f) => (f.autoreset = 'always')],
  ['maxEpisodeSteps', (f) => (f.maxEpisodeSteps = 0)],
  ['maxEpisodeSteps', (f) => (f.maxEpisodeSteps = 1.5)],
  ['committedStepId', (f) => (f.committedStepId = -1)],
  ['committedStepId', (f) => (f.committedStepId = Number.MAX_SAFE_INTEGER)],
  ['committedStepId', (f) => (f.committedStepId = 2n ** 60n)],
  ['seed', (f) => (f.seed = 2 ** 32)],
  ['key', (f) => (f.key = Number.NaN)],
  ['episode', (f) => (f.episode = '1')],
  ['episodeStep', (f) => (f.committedStepId = 2)],
  ['states', (f) => (f.episodeStep = 2)],
  ['states', (f) => (f.states = f.states.subarray(4))],
  ['states', (f) => (f.states = [...f.states])],
  ['states', (f) => (f.states = null)],
  ['states', (f) => f4(Number.NaN).copy(f.states, 8)],
  ['actions', (f) => (f.actions = Buffer.alloc(0))],
  ['actions', (f) => f4(Number.POSITIVE_INFINITY).copy(f.actions, 4)],
  ['state', (f) => (f.state = f4(1, 2, 3, 4))],
  ['state', (f) => f.state.fill(0xff)],
  ['observations', (f) => f.observations.fill(0xff)],
  ['truncated', (f) => (f.truncated = true)],
  ['truncated', (f) => (f.maxEpisodeSteps = 3)],
  ['truncated', (f) => Object.assign(f, { maxEpisodeSteps: 4, truncated: true })],
  ['episodeStep', (f) => Object.assign(f, { maxEpisodeSteps: 2, truncated: true })],
  ['terminated', (f) => Object.assign(f, { autoreset: 'same_step', terminated: true })],
  ['terminated', (f) => (f.terminated = 0)],
  ['last', (f) => (f.last = null)],
  ['last', (f) => (f.committedStepId = 0)],
  ['last.reward', (f) => (f.last.reward = Number.NaN)],
  ['last.action', (f) => (f.last.action = f4(1))],
  ['last.state', (f) => (f.last.state = Buffer.alloc(8))],
  ['last.final.state', (f) => (f.last.final = { state: Buffer.alloc(1), observations: f.observations })],
])('a wrong %s is refused by name', async (field, change) => {
  const sessions = open()
  const fields = unpack(await snapshotOf(3))
  change(fields)
  const restoring = sessions.restore('me', pack(fields), find)
  const error = await restoring.then(
    () => undefined,
    (reason: DimaError) => reason,
  )
  expect(error).toBeInstanceOf(DimaError)
  expect(error!.code).toBe('invalid_snapshot')
  expect(error!.details.field).toBe(field ? `snapshot.${field}` : 'snapshot')
  expect(sessions.stats().open).toBe(0)
})

test('a flag at a start, where no step was taken, is refused', async () => {
  const fields = unpack(await snapshotOf(0))
  const restoring = open().restore('me', pack({ ...fields, terminated: true }), find)
  await expect(restoring).rejects.toEqual(refused('invalid_snapshot', { field: 'snapshot.terminated' }))
})

const plans = [
  { name: 'joint', order: [] },
  { name: 'progressive', order: [1, 0] },
  { name: 'sequential', order: [1, 0] },
  { name: 'sequential', order: [0, 1, 1, 0] },
] as const
test.each(plans)('plan $name $order is restored', async ({ name, order }) => {
  const plan = { name, order: [...order] }
  const { chosen } = await open().restore('me', await snapshotOf(1, { choice: plan }), find)
  const names = plan.order.map((agent) => ['front', 'back'][agent])
  expect(chosen).toEqual({ plan: name, order: name === 'joint' ? null : names })
})

const header = (...bytes: number[]) => Buffer.from(bytes).toString('base64url')
test.each([
  ['nothing', ''],
  ['other characters', 'a+b/='],
  ['a word', 'snapshot'],
  ['a number', pack(5)],
  ['null', pack(null)],
  ['a list', pack([1, 2])],
  ['an empty map', pack({})],
  ['an array header of 4 billion', header(0xdd, 0xff, 0xff, 0xff, 0xff)],
  ['a map header of 4 billion', header(0xdf, 0xff, 0xff, 0xff, 0xff)],
  ['a string of 4 billion', header(0xdb, 0xff, 0xff, 0xff, 0xff)],
  ['a binary of 4 billion', header(0xc6, 0xff, 0xff, 0xff, 0xff)],
  ['an unknown extension', header(0xc7, 0x01, 0x63, 0x00)],
  ['a deep nest', Buffer.alloc(190_000, 0x91).toString('base64url')],
  [
    'a nest that can be decoded',
    Buffer.concat([Buffer.alloc(4000, 0x91), Buffer.of(0)]).toString('base64url'),
  ],
  ['a deep nest of maps', Buffer.from('81a161'.repeat(60_000), 'hex').toString('base64url')],
  ['a list of many', pack(Array(100_000).fill(0))],
  ['a map of many', pack(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [i, 0])))],
  ['too much', 'A'.repeat(262_145)],
])('%s is no snapshot', async (_, snapshot) => {
  await expect(open().restore('me', snapshot, find)).rejects.toEqual(refused('invalid_snapshot'))
})

/** A damaged snapshot is refused, or is one that a session can go on from. */
async function restoresOrRefuses(sessions: Sessions, snapshot: string): Promise<'restored' | 'refused'> {
  try {
    const { id } = await sessions.restore('me', snapshot, find)
    await sessions
      .step('me', id, actionOf(0))
      .catch((error) => expect(error).toEqual(refused('episode_over')))
    const again = await sessions.snapshot('me', id)
    expect(again.snapshot).toMatch(/^[A-Za-z0-9_-]+$/)
    await sessions.close('me', id)
    return 'restored'
  } catch (error) {
    expect(error).toBeInstanceOf(DimaError)
    expect(['invalid_snapshot', 'model_gone']).toContain((error as DimaError).code)
    expect((error as DimaError).message).not.toMatch(/\/|\.ts|undefined/)
    return 'refused'
  }
}

test('every flipped byte is refused or harmless', async () => {
  const { runner, rows } = recordingRunner()
  const sessions = open(runner)
  const bytes = Buffer.from(await snapshotOf(3), 'base64url')
  const outcomes = { restored: 0, refused: 0 }
  for (let at = 0; at < bytes.length; at++) {
    for (const mask of [0x01, 0x80, 0xff]) {
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= mask
      outcomes[await restoresOrRefuses(sessions, damaged.toString('base64url'))]++
    }
  }
  expect(outcomes.restored).toBeGreaterThan(100) // most bytes are digits of numbers
  expect(outcomes.refused).toBeGreaterThan(100)
  for (const row of rows) {
    const { windows, actions, rewardStates, rewardActions } = columnsOf(row)
    expect([windows.length, actions.length]).toEqual([L * S, L * N * A])
    expect(rewardStates.length / S).toBe(rewardActions.length / (N * A))
    expect([...windows, ...rewardStates, ...rewardActions].every(Number.isFinite)).toBe(true)
  }
})

test('every truncated snapshot is refused', async () => {
  const sessions = open()
  const bytes = Buffer.from(await snapshotOf(3), 'base64url')
  for (let length = 0; length < bytes.length; length++)
    expect(await restoresOrRefuses(sessions, bytes.subarray(0, length).toString('base64url'))).toBe('refused')
  const longer = Buffer.concat([bytes, Buffer.from([0xc0])])
  expect(await restoresOrRefuses(sessions, longer.toString('base64url'))).toBe('refused')
})

test('options are what the snapshot says, not what the server was asked before', async () => {
  const sessions = open()
  const { seed } = OPTIONS
  const restored = await sessions.restore('me', await snapshotOf(2, { maxEpisodeSteps: 9 }), find)
  expect(restored).toMatchObject({ seed, maxEpisodeSteps: 9, committedStepId: 2, autoreset: 'disabled' })
})
