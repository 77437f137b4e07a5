// Owners have equal shares of what the executors compute, on executors that answer when the test says so.
import { expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import { CPU } from '../../../src/engine/device.ts'
import { Admission } from '../../../src/inference/executors/admission.ts'
import { BatchQueue, type Run } from '../../../src/inference/executors/batch-queue.ts'
import type { Executor } from '../../../src/inference/executors/executor.ts'
import { RolloutQueue } from '../../../src/inference/executors/rollout-queue.ts'
import type { Work } from '../../../src/inference/executors/work.ts'
import type { Rollout, Trajectories } from '../../../src/worlds/rollout.ts'
import { rolloutOf, specOf } from '../fixture.ts'

const spec = specOf()
const rollout = (batch: number, horizon = 4): Rollout => rolloutOf(spec, { batch, horizon })

function rollouts({ maxQueueMs = 1e9, stepMs = 0 } = {}) {
  const admission = new Admission({ maxQueueMs, executors: 1, batchSize: CPU.chunkRows })
  if (stepMs > 0) admission.measured('model', 1, stepMs)
  const queue = new RolloutQueue(1, admission)
  const refused: string[] = []
  const add = (owner: string, batch: number, horizon?: number, deadline?: number) =>
    void queue
      .add('model', rollout(batch, horizon), { owner, ...(deadline ? { deadline } : {}) })
      .catch(({ code }: DimaError) => refused.push(`${owner} ${code}`))
  return { queue, add, refused, admission }
}

/** Runs a chunk on an executor that tells what it was given: rows of each owner are told apart by nothing but order. */
async function computed(chunk: Work, computeMs = 8): Promise<Rollout> {
  let given: Rollout | undefined
  const executor = {
    call: async (_: string, { rollout }: { rollout: Rollout }) => {
      given = rollout
      const rows = rollout.batch * rollout.horizon
      const trajectories: Trajectories = {
        states: new Float64Array(rows),
        observations: new Float32Array(rows),
        rewards: new Float32Array(rows),
        terminationProbabilities: new Float32Array(rows),
        terminations: new Uint8Array(rows),
        lengths: new Int32Array(rollout.batch),
        computeMs,
      }
      return trajectories
    },
  }
  await chunk.run(executor as unknown as Executor)
  return given!
}

/** Horizons of the next chunks, which tell in these tests whose they are. */
const horizons = async (queue: RolloutQueue, count: number): Promise<number[]> => {
  const taken: number[] = []
  for (let i = 0; i < count; i++) taken.push((await computed(queue.take()!)).horizon)
  return taken
}

test('a rollout of one owner does not wait for the sixty of another', async () => {
  const { queue, add } = rollouts()
  for (let i = 0; i < 60; i++) add('a', CPU.chunkRows, 4)
  expect(await horizons(queue, 2)).toEqual([4, 4])
  add('b', CPU.chunkRows, 5)
  expect(await horizons(queue, 3)).toContain(5)
})

test('shares are equal in rows times steps, not in requests', async () => {
  const { queue, add } = rollouts()
  for (let i = 0; i < 60; i++) add('a', CPU.chunkRows, 12)
  for (let i = 0; i < 60; i++) add('b', CPU.chunkRows, 4)
  const taken = await horizons(queue, 40)
  const units = (horizon: number) => taken.filter((h) => h === horizon).length * horizon
  expect(units(12) / (units(12) + units(4))).toBeCloseTo(0.5, 1)
})

test('who asks for one thing at a time gets no more by it than its share', async () => {
  const { queue, add } = rollouts()
  for (let i = 0; i < 60; i++) add('a', CPU.chunkRows, 4)
  const taken: number[] = []
  add('b', CPU.chunkRows, 12)
  for (let i = 0; i < 40; i++) {
    taken.push((await computed(queue.take()!)).horizon)
    if (taken.at(-1) === 4) continue
    taken.push((await computed(queue.take()!)).horizon) // before b asks again
    add('b', CPU.chunkRows, 12)
  }
  const units = (horizon: number) => taken.filter((h) => h === horizon).length * horizon
  expect(units(12) / (units(12) + units(4))).toBeLessThan(0.6)
})

test('a pause saves nothing up', async () => {
  const { queue, add } = rollouts()
  for (let i = 0; i < 60; i++) add('a', CPU.chunkRows, 4)
  await horizons(queue, 30)
  for (let i = 0; i < 60; i++) add('b', CPU.chunkRows, 5)
  const taken = await horizons(queue, 20)
  expect(taken.filter((h) => h === 4).length).toBeGreaterThanOrEqual(9)
})

test('small rollouts of different owners share an execution', async () => {
  const { queue, add } = rollouts()
  for (let i = 0; i < 200; i++) add('a', 1)
  for (let i = 0; i < 10; i++) add('b', 2)
  const given = await computed(queue.take()!)
  expect(given.batch).toBe(CPU.chunkRows)
  expect(queue.pending).toBe(200 + 10 - (44 + 10)) // all of b's, and a fills the rest
})

test('chunks of a slow model are smaller, so that nobody waits long for the one that is being computed', async () => {
  const { queue, add } = rollouts({ stepMs: 200 }) // a chunk of five steps would take a second
  add('a', 3 * CPU.chunkRows, 5)
  for (let i = 0; i < 100; i++) add('b', 1, 5)
  for (let i = 0; i < 4; i++)
    expect((await computed(queue.take()!, 1000)).batch).toBeLessThanOrEqual(CPU.chunkRows / 2)
})

test('what was lost with an executor costs its owner nothing', async () => {
  const { queue, add } = rollouts()
  for (let i = 0; i < 3; i++) add('a', CPU.chunkRows, 4)
  for (let i = 0; i < 3; i++) add('b', CPU.chunkRows, 5)
  const dying = { call: () => Promise.reject(new DimaError('executor_failed', 'it died')) }
  await queue.take()!.run(dying as unknown as Executor)
  expect(new Set(await horizons(queue, 2))).toEqual(new Set([4, 5]))
})

test('who floods the queue is refused; the small request of another is not', () => {
  const { add, refused } = rollouts({ maxQueueMs: 1000, stepMs: 100 }) // a chunk of ten steps takes a second
  for (let i = 0; i < 8; i++) add('a', CPU.chunkRows, 10)
  add('b', 1, 10)
  add('c', 1, 10)
  return Promise.resolve().then(() => {
    expect(refused.length).toBeGreaterThan(0)
    expect(new Set(refused)).toEqual(new Set(['a overloaded']))
  })
})

test('the queue is bounded for many owners together as it is for one', async () => {
  const { add, refused } = rollouts({ maxQueueMs: 1000, stepMs: 100 })
  for (let i = 0; i < 20; i++) for (const owner of 'abcd') add(owner, CPU.chunkRows / 4, 10)
  await Promise.resolve()
  // Each has a quarter of the executor: four chunks of them all in a second, and one more that began below the limit.
  expect(80 - refused.length).toBeLessThanOrEqual(4 * 4)
  for (const owner of 'abcd') expect(refused.filter((one) => one.startsWith(owner)).length).toBeLessThan(20)
})

test('a deadline that holds under equal turns is not refused because of another owner', async () => {
  const { add, refused } = rollouts({ stepMs: 10 })
  for (let i = 0; i < 100; i++) add('a', CPU.chunkRows, 10) // ten seconds
  add('b', 1, 10, performance.now() + 1000)
  add('b', CPU.chunkRows, 10, performance.now() + 50)
  await Promise.resolve()
  expect(refused).toEqual(['b overloaded'])
})

const echo: Run<string, string> = async (_, items) => ({ results: items, computeMs: 1 })

function steps(maxBatchSize = 64) {
  const admission = new Admission({ maxQueueMs: 1e9, executors: 1, batchSize: maxBatchSize })
  const queue = new BatchQueue({ maxBatchSize, maxDelayMs: 0 }, admission)
  const taken: string[] = []
  const run: Run<string, string> = (executor, items, queueMs) => {
    taken.push(...items)
    return echo(executor, items, queueMs)
  }
  const add = (owner: string, count: number, key = 'plan') => {
    for (let i = 0; i < count; i++) void queue.add(key, 'model', run, owner, { owner })
  }
  const batches = async (count: number): Promise<string[]> => {
    taken.length = 0
    for (let i = 0; i < count; i++) await queue.take(1, performance.now())?.run({} as Executor)
    return [...taken]
  }
  return { queue, add, batches }
}

const rowsOf = (owner: string, taken: string[]) => taken.filter((one) => one === owner).length

test('a full batch is dealt out in turns, and whoever has little waiting is in it', async () => {
  const { add, batches } = steps()
  add('a', 500)
  add('b', 500)
  add('c', 3)
  const taken = await batches(1)
  expect(taken).toHaveLength(64)
  expect(rowsOf('c', taken)).toBe(3)
  expect(Math.abs(rowsOf('a', taken) - rowsOf('b', taken))).toBeLessThanOrEqual(1)
})

test('plans of its own give an owner no further turns', async () => {
  const { add, batches } = steps()
  for (let plan = 0; plan < 20; plan++) add('a', 64, `plan ${plan}`)
  add('b', 64 * 20, 'plan of b')
  const taken = await batches(20)
  expect(rowsOf('b', taken) / taken.length).toBeCloseTo(0.5, 1)
})

test('a thousand owners cost no more than a look at each', async () => {
  const { add, batches, queue } = steps()
  for (let owner = 0; owner < 1000; owner++) add(`owner ${owner}`, 2)
  expect(new Set(await batches(16)).size).toBe(1000) // everyone had a turn before anyone had two
  expect(queue.pending).toBe(2000 - 16 * 64)
})

test('what a model cost is known as long as it is loaded or waited for, and no longer', async () => {
  const { queue, add, admission } = rollouts()
  add('a', 4, 4)
  await computed(queue.take()!, 40)
  const usual = () => admission.usualMs('model', 1)
  queue.sweep(0, (digest) => digest === 'model')
  expect(usual()).toBe(10)
  add('a', 4, 4)
  queue.sweep(0, () => false)
  expect(usual()).toBe(10)
  queue.take()
  queue.sweep(0, () => false)
  expect(usual()).toBe(0)
})
