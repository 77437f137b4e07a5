// Executors without processes: when they end and what they are asked to load is up to the test.
import { expect, onTestFinished, test, vi } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import type { EndReason, Executor } from '../../../src/inference/executors/executor.ts'
import { Members } from '../../../src/inference/executors/members.ts'
import type { LoadedBundle } from '../../../src/inference/executors/messages.ts'
import { specOf } from '../fixture.ts'

interface Fake extends Executor {
  loads: string[]
  /** what kill was told */
  killed: EndReason | undefined
}

/** @param loading resolves when a load is done */
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
    killed: undefined as EndReason | undefined,
    async call(type: string, ask: { bundle?: LoadedBundle }) {
      if (type === 'load') fake.loads.push(ask.bundle!.digest)
      if (type !== 'canary') await Promise.race([loading(), died])
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

/** One place, in which the first executor is at once ready; the others load as `loading` says. */
async function oneMember(loading: () => Promise<void>) {
  const fakes: Fake[] = []
  const members = new Members({
    executors: 1,
    timeoutMs: 60_000,
    loadTimeoutMs: 120_000,
    logger: { info: () => {}, error: () => {} },
    start: () => {
      fakes.push(fakeExecutor(fakes.length === 0 ? async () => {} : loading))
      return fakes.at(-1)!
    },
    onFree: () => {},
  })
  onTestFinished(() => members.close())
  await members.load([bundle('a')])
  await members.start()
  return { members, fakes }
}

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
  const { fakes } = await oneMember(() => new Promise(() => {}))
  fakes[0]!.kill('died')
  await turns()
  vi.advanceTimersByTime(119_000)
  expect(fakes[1]!.killed).toBeUndefined()
  vi.advanceTimersByTime(2000)
  expect(fakes[1]!.killed).toBe('wedged')
})
