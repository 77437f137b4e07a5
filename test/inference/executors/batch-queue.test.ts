// When batches leave and with what, on an executor that answers when the test says so.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import { Admission } from '../../../src/inference/executors/admission.ts'
import { BatchQueue, type Run } from '../../../src/inference/executors/batch-queue.ts'
import type { Executor } from '../../../src/inference/executors/executor.ts'
import type { WorkOptions } from '../../../src/inference/runner.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const executor = {} as Executor
const double: Run<number, number> = async (_, items) => ({ results: items.map((x) => 2 * x), computeMs: 20 })
const queueOf = ({ maxBatchSize = 64, maxDelayMs = 5, maxQueueMs = 1000 } = {}) =>
  new BatchQueue(
    { maxBatchSize, maxDelayMs },
    new Admission({ maxQueueMs, executors: 1, batchSize: maxBatchSize }),
  )

const add = (
  queue: BatchQueue,
  from: number,
  count: number,
  options: WorkOptions = {},
  key = 'a',
  run = double,
) => Array.from({ length: count }, (_, i) => queue.add(key, `model ${key}`, run, from + i, options, from + i))

/** Fills the queue, computes everything, and leaves `count` rows expected. */
async function deliver(queue: BatchQueue, count: number): Promise<void> {
  const results = add(queue, 0, count)
  await queue.take(1, performance.now())!.run(executor)
  await Promise.all(results)
}

test('the first rows leave at once, together, and each gets its own result', async () => {
  const queue = queueOf()
  const results = add(queue, 10, 3)
  const batch = queue.take(1, performance.now())!
  expect(batch).toMatchObject({ rows: 3, digest: 'model a' })
  expect(await batch.run(executor)).toBe(20)
  expect(await Promise.all(results)).toEqual([20, 22, 24])
  expect(queue.pending).toBe(0)
})

test('rows that were just answered are waited for, and the batch leaves when the last has come', async () => {
  const queue = queueOf()
  await deliver(queue, 4)
  void add(queue, 0, 3)
  expect(queue.take(1, performance.now())).toBeUndefined()
  expect(queue.due(performance.now())).toBe(5)
  void add(queue, 3, 1)
  expect(queue.take(1, performance.now())).toMatchObject({ rows: 4 })
})

test('after the delay it leaves without those who did not come', async () => {
  const queue = queueOf()
  await deliver(queue, 4)
  void add(queue, 0, 1)
  vi.advanceTimersByTime(4)
  expect(queue.take(1, performance.now())).toBeUndefined()
  vi.advanceTimersByTime(1)
  expect(queue.take(1, performance.now())).toMatchObject({ rows: 1 })
})

test('nobody is waited for longer than half of what a batch takes', async () => {
  const queue = queueOf({ maxDelayMs: 50 })
  await deliver(queue, 4)
  void add(queue, 0, 1)
  expect(queue.due(performance.now())).toBe(10)
})

test('sessions that step at a rate of their own are not waited for once that has shown', async () => {
  const queue = queueOf()
  let waits = 0
  for (let turn = 0; turn < 12; turn++) {
    const results = add(queue, 4 * turn, 4) // never the ones that were just answered
    if (queue.due(performance.now())! > 0) waits++
    vi.advanceTimersByTime(5)
    await queue.take(1, performance.now())!.run(executor)
    await Promise.all(results)
  }
  expect(waits).toBeGreaterThan(0)
  expect(waits).toBeLessThan(6)
  void add(queue, 1000, 1)
  expect(queue.due(performance.now())).toBe(0)
})

test('a deadline that the queue can not meet is refused at once', async () => {
  const queue = queueOf({ maxBatchSize: 4 })
  const slow: Run<number, number> = async (_, items) => ({ results: items, computeMs: 400 })
  void add(queue, 0, 1, {}, 'a', slow)
  await queue.take(1, performance.now())!.run(executor)
  void add(queue, 0, 3, {}, 'a', slow) // 300 ms of work, after what is being computed and before its own 400 ms
  const at = (ms: number) => ({ deadline: performance.now() + ms })
  await expect(add(queue, 3, 1, at(1050), 'a', slow)[0]).rejects.toMatchObject({ code: 'overloaded' })
  void add(queue, 3, 1, at(1150), 'a', slow)
  expect(queue.pending).toBe(4)
})

test('a batch is never larger than allowed, and a full one waits for nobody', async () => {
  const queue = queueOf({ maxBatchSize: 8 })
  const first = add(queue, 0, 20)
  const batch = queue.take(1, performance.now())!
  expect(batch.rows).toBe(8)
  await batch.run(executor)
  expect(queue.take(1, performance.now())).toMatchObject({ rows: 8 }) // though 8 are expected
  expect(queue.pending).toBe(4)
  expect(await first[7]).toBe(14)
})

test('idle executors share what waits, in parts worth an execution', () => {
  const queue = queueOf()
  void add(queue, 0, 100)
  expect(queue.take(2, performance.now())).toMatchObject({ rows: 50 })
  expect(queue.take(1, performance.now())).toMatchObject({ rows: 50 })
  void add(queue, 0, 20)
  expect(queue.take(2, performance.now())).toMatchObject({ rows: 16 })
  expect(queue.take(1, performance.now())).toMatchObject({ rows: 4 })
})

test('different keys never share a batch and take turns', () => {
  const queue = queueOf({ maxBatchSize: 2 })
  void add(queue, 0, 4, {}, 'a')
  void add(queue, 0, 2, {}, 'b')
  const taken = [
    queue.take(1, performance.now()),
    queue.take(1, performance.now()),
    queue.take(1, performance.now()),
  ].map((batch) => batch!.digest)
  expect(taken).toEqual(['model a', 'model b', 'model a'])
  expect(queue.take(1, performance.now())).toBeUndefined()
})

test('canceled and late rows are dropped when looked at, and the rest is not disturbed', async () => {
  const queue = queueOf()
  const { signal, abort } = abortable()
  const canceled = expect(add(queue, 0, 1, { signal })[0]).rejects.toMatchObject({ code: 'canceled' })
  const late = expect(add(queue, 1, 1, { deadline: 10 })[0]).rejects.toMatchObject({
    code: 'deadline_exceeded',
  })
  const [kept] = add(queue, 2, 1, { deadline: 30 })
  abort()
  queue.sweep(20, () => true)
  await Promise.all([canceled, late])
  expect(queue.pending).toBe(1)
  await queue.take(1, performance.now())!.run(executor)
  expect(await kept).toBe(4)
})

function abortable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

const died = new DimaError('executor_failed', 'it died')

test('rows whose executor died are tried once more, before all others', async () => {
  const queue = queueOf()
  const seen: number[][] = []
  const dying: Run<number, number> = async (_, items) => {
    seen.push([...items])
    if (seen.length === 1) throw died
    return { results: items, computeMs: 1 }
  }
  const results = add(queue, 0, 2, {}, 'a', dying)
  expect(await queue.take(1, performance.now())!.run(executor)).toBeUndefined()
  void add(queue, 2, 1, {}, 'a', dying)
  await queue.take(1, performance.now())!.run(executor)
  expect(seen).toEqual([
    [0, 1],
    [0, 1, 2],
  ])
  expect(await Promise.all(results)).toEqual([0, 1])
})

test('a second death, or any other failure, reaches whoever asked', async () => {
  const queue = queueOf()
  const fail =
    (error: Error): Run<number, number> =>
    () =>
      Promise.reject(error)
  const twice = expect(add(queue, 0, 1, {}, 'a', fail(died))[0]).rejects.toMatchObject({
    code: 'executor_failed',
  })
  await queue.take(1, performance.now())!.run(executor)
  await queue.take(1, performance.now())!.run(executor)
  await twice
  const other = expect(add(queue, 0, 1, {}, 'b', fail(new Error('no such graph')))[0]).rejects.toThrow(
    'graph',
  )
  await queue.take(1, performance.now())!.run(executor)
  await other
  expect(queue.pending).toBe(0)
})

test('more than can be computed in time is refused with the seconds to wait', async () => {
  const queue = queueOf({ maxBatchSize: 4, maxQueueMs: 2000 })
  const slow: Run<number, number> = async (_, items) => ({ results: items, computeMs: 4000 })
  void add(queue, 0, 1, {}, 'a', slow)
  await queue.take(1, performance.now())!.run(executor) // an execution costs four seconds, a row in a full one a second
  void add(queue, 0, 3, {}, 'a', slow)
  await expect(add(queue, 3, 1, {}, 'a', slow)[0]).rejects.toMatchObject({
    code: 'overloaded',
    details: { retryAfterSeconds: 3 },
  })
  expect(queue.pending).toBe(3)
  expect(add(queue, 0, 1, {}, 'b', slow)).toHaveLength(1) // another model's queue is its own
  expect(queue.pending).toBe(4)
})

test('closing fails everything that waits', async () => {
  const queue = queueOf()
  const waiting = add(queue, 0, 2).map((one) => expect(one).rejects.toBe(died))
  queue.close(died)
  await Promise.all(waiting)
  expect(queue.take(1, performance.now())).toBeUndefined()
})
