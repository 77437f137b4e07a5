// Executors without processes: when they end and what they are asked to load is up to the test.
import { expect, onTestFinished, test, vi } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import type { EndReason, Executor } from '../../../src/inference/executors/executor.ts'
import { Members } from '../../../src/inference/executors/members.ts'
import type { LoadedBundle, RefusedBundle } from '../../../src/inference/executors/messages.ts'
import { specOf } from '../fixture.ts'

interface Fake extends Executor {
  loads: string[]
  unloads: string[]
  /** resolves when a load is done */
  loading: () => Promise<void>
  /** what kill was told */
  killed: EndReason | undefined
}

/** Bundles that end whatever loads them. */
let deadly = (_digest: string): boolean => false

function fakeExecutor(loading: () => Promise<void>): Fake {
  let end: (reason: EndReason) => void = () => {}
  const exited = new Promise<EndReason>((resolve) => (end = resolve))
  const died = exited.then(() => Promise.reject(new DimaError('executor_failed', 'it stopped')))
  died.catch(() => {})
  const fake = {
    alive: true,
    exited,
    lastHeard: performance.now(),
    loads: [] as string[],
    unloads: [] as string[],
    loading,
    killed: undefined as EndReason | undefined,
    async call(type: string, ask: { bundle?: LoadedBundle; digest?: string }) {
      if (type === 'unload') fake.unloads.push(ask.digest!)
      if (type === 'load') fake.loads.push(ask.bundle!.digest)
      if (ask.bundle && deadly(ask.bundle.digest)) fake.kill('died')
      if (!fake.alive) await died
      if (type === 'load') await Promise.race([fake.loading(), died])
      return {}
    },
    kill(reason: EndReason) {
      fake.alive = false
      fake.killed = reason
      end(reason)
    },
  }
  return fake as unknown as Fake
}

const bundle = (digest: string): LoadedBundle => ({ digest, reference: digest, spec: specOf(), graphs: {} })

interface Setup {
  executors?: number
  /** of executors after the first, which is at once ready */
  loading: () => Promise<void>
  timeoutMs?: number
}

async function membersOf({ executors = 1, loading, timeoutMs = 60_000 }: Setup) {
  const fakes: Fake[] = []
  const refused: RefusedBundle[] = []
  const errors: [object, string][] = []
  const members = new Members({
    executors,
    timeoutMs,
    loadTimeoutMs: 120_000,
    logger: { info: () => {}, error: (...line) => errors.push(line) },
    start: () => {
      fakes.push(fakeExecutor(fakes.length < executors ? async () => {} : loading))
      return fakes.at(-1)!
    },
    onFree: () => {},
    onRefused: (one) => refused.push(one),
  })
  onTestFinished(() => members.close())
  await members.load([bundle('a')])
  await members.start()
  return { members, fakes, refused, errors }
}

const oneMember = (loading: () => Promise<void>) => membersOf({ loading })

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

test('a model that is added while an executor starts is loaded into it before it works', async () => {
  let open = () => {}
  const held = new Promise<void>((resolve) => (open = resolve))
  const { members, fakes } = await oneMember(() => held)
  fakes[0]!.kill('died')
  await turns()
  await members.load([bundle('b')])
  expect([members.ready, fakes[1]!.loads]).toEqual([false, ['a']])
  open()
  await turns()
  expect([members.ready, fakes[1]!.loads]).toEqual([true, ['a', 'b']])
})

test('an executor that never finishes loading is given up for another', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { fakes, errors } = await oneMember(() => new Promise(() => {}))
  fakes[0]!.kill('died')
  await turns()
  vi.advanceTimersByTime(119_000)
  expect(fakes[1]!.killed).toBeUndefined()
  vi.advanceTimersByTime(2000)
  expect(fakes[1]!.killed).toBe('wedged')
  expect(errors.at(-1)).toEqual([
    { setting: 'EXECUTOR_LOAD_SECONDS', limitMs: 120_000 },
    expect.stringContaining('EXECUTOR_LOAD_SECONDS'),
  ])
})

test('a model that is unloaded while an executor starts does not stay in it', async () => {
  let open = () => {}
  const held = new Promise<void>((resolve) => (open = resolve))
  const { members, fakes } = await oneMember(() => held)
  fakes[0]!.kill('died')
  await turns()
  await members.unload('a')
  expect(fakes[1]!.loads).toEqual(['a'])
  const before = fakes[1]!.unloads.length
  open()
  await turns()
  expect([members.ready, fakes[1]!.unloads.slice(before)]).toEqual([true, ['a']])
})

test('a task that fails leaves its executor free', async () => {
  const { members } = await oneMember(async () => {})
  const failing = members.work(members.free('live')[0]!, 'live', 'a', () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect(members.free('live')).toHaveLength(1)
})

test('of two executors the one that loads a model gets no work, and the other does', async () => {
  let open = () => {}
  const held = new Promise<void>((resolve) => (open = resolve))
  const { members, fakes } = await membersOf({ executors: 2, loading: () => held })
  fakes[0]!.loading = () => held
  const loading = members.load([bundle('b')])
  await turns()
  const free = () => members.free('live').map(({ index }) => index)
  expect([free(), members.readyCount, members.ready]).toEqual([[1], 1, true])
  open()
  await loading
  expect([free(), members.readyCount]).toEqual([[0, 1], 2])
  expect(fakes.map(({ loads }) => loads)).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
})

test('a load waits until its executor has finished what it does', async () => {
  const { members, fakes } = await membersOf({ executors: 2, loading: async () => {} })
  let finish = () => {}
  const working = members.work(
    members.free('live')[0]!,
    'live',
    'a',
    () => new Promise((done) => (finish = done)),
  )
  const loading = members.load([bundle('b')])
  await turns()
  expect(fakes[0]!.loads).toEqual(['a'])
  finish()
  await Promise.all([working, loading])
  expect(fakes[0]!.loads).toEqual(['a', 'b'])
})

test('an only executor serves until another has loaded everything, and ends when it has nothing to do', async () => {
  let open = () => {}
  const held = new Promise<void>((resolve) => (open = resolve))
  const { members, fakes, errors } = await oneMember(() => held)
  let finish = () => {}
  const working = members.work(
    members.free('live')[0]!,
    'live',
    'a',
    () => new Promise((done) => (finish = done)),
  )
  const loading = members.load([bundle('b')])
  await turns()
  expect([members.ready, members.free('rollout').map(({ executor }) => executor)]).toEqual([true, [fakes[0]]])
  open()
  await loading
  expect([members.free('rollout').map(({ executor }) => executor), fakes[0]!.alive]).toEqual([
    [fakes[1]],
    true,
  ])
  finish()
  await working
  expect([fakes[0]!.alive, fakes.length, members.ready, errors]).toEqual([false, 2, true, []])
})

test('a bundle whose load ends one executor after the other is refused, and the rest is served on', async () => {
  const { members, refused } = await membersOf({ executors: 2, loading: async () => {} })
  deadly = (digest) => digest === 'b'
  onTestFinished(() => {
    deadly = () => false
  })
  await members.load([bundle('b')])
  await vi.waitFor(() => expect(members.readyCount).toBe(2), 30_000) // seconds lie between two attempts
  expect(refused).toEqual([
    { digest: 'b', reference: 'b', reason: expect.stringMatching(/executors ended while they loaded it/) },
  ])
  expect(members.wanted.model('b')).toMatchObject({ code: 'invalid_bundle' })
  expect(members.wanted.model('a')).toMatchObject(specOf())
}, 40_000)

test('one dead executor does not make the others unready', async () => {
  const { members, fakes } = await membersOf({ executors: 2, loading: () => new Promise(() => {}) })
  fakes[0]!.kill('died')
  await turns()
  expect([members.ready, members.readyCount]).toEqual([true, 1])
})

test('a bundle whose computations never end is refused after three executors', async () => {
  const { members, fakes, refused } = await membersOf({ loading: async () => {}, timeoutMs: 300 })
  await members.load([bundle('b')])
  for (let i = 1; i <= 3; i++) {
    const free = await vi.waitUntil(() => members.free('rollout')[0], { timeout: 20_000, interval: 5 })
    void members.work(free, 'rollout', 'b', () => new Promise(() => {}))
    await vi.waitFor(() => expect(free.executor).toMatchObject({ killed: 'wedged' }), { timeout: 20_000 })
  }
  expect(refused).toMatchObject([{ digest: 'b', reason: expect.stringContaining('EXECUTOR_TIMEOUT_MS') }])
  expect([members.wanted.model('a'), members.wanted.model('b')]).toEqual([specOf(), expect.any(DimaError)])
  await vi.waitUntil(() => members.ready && fakes.at(-1)!.loads.includes('a'), { timeout: 20_000 })
  expect(fakes.at(-1)!.loads).not.toContain('b')
}, 60_000)

test('of two bundles that are computed together none is blamed', async () => {
  const { members, refused } = await membersOf({ loading: async () => {}, timeoutMs: 300 })
  await members.load([bundle('b')])
  for (let i = 1; i <= 3; i++) {
    const free = await vi.waitUntil(() => members.free('rollout')[0], { timeout: 20_000, interval: 5 })
    void members.work(free, 'rollout', 'b', () => new Promise(() => {}))
    void members.work(free, 'live', 'a', () => new Promise(() => {}))
    await vi.waitFor(() => expect(free.executor).toMatchObject({ killed: 'wedged' }), { timeout: 20_000 })
  }
  expect(refused).toEqual([])
}, 60_000)
