// The executor pool with real child processes and the tiny model.
import { setTimeout } from 'node:timers/promises'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type ExecutorPool, startExecutorPool } from '../../../src/inference/executors/pool.ts'
import type { PoolOptions } from '../../../src/inference/executors/pool-options.ts'
import { trust } from '../../../src/inference/executors/proof.ts'
import type { Bundle } from '../../../src/registry/load.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import type { Rollout, Trajectories } from '../../../src/worlds/rollout.ts'
import { modelsFolder } from '../../registry/fixture.ts'
import { publishModel } from '../bundle.ts'
import { type OpenTiny, openTiny, rolloutOf, type TinyModel, tinyModel } from '../fixture.ts'
import { children } from './children.ts'

vi.mock('../../../src/common/start-process.ts', async (original) => {
  const { noteChildren } = await import('./children.ts') // this runs before the imports above
  return noteChildren(await original<typeof import('../../../src/common/start-process.ts')>())
})

let model: TinyModel
let simulator: OpenTiny
beforeAll(async () => {
  model = tinyModel()
  simulator = await openTiny(model)
  return () => simulator.close()
})

interface Logged {
  details: object
  message: string
}

async function poolOf(
  bundles: Bundle[],
  executors: number,
  options: Partial<PoolOptions> = {},
): Promise<{ pool: ExecutorPool; errors: Logged[] }> {
  children.length = 0
  const errors: Logged[] = []
  const logger: PoolOptions['logger'] = {
    info: () => {},
    error: (details, message) => void errors.push({ details, message }),
  }
  const pool = await startExecutorPool({ kinds: KINDS, bundles, executors, logger, prove: trust, ...options })
  onTestFinished(() => pool.close())
  return { pool, errors }
}

const published = async () => publishModel(await modelsFolder(), 'tiny', model)
const running = () => children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)

/** A rollout that takes an executor long enough to be interrupted: one chunk, every step several calls. */
const longChunk = (): Rollout =>
  rolloutOf(model.spec, { batch: 64, plan: { name: 'sequential', order: [1, 0] } })

const numbersOf = ({ computeMs: _, queueMs: __, ...arrays }: Trajectories & { queueMs?: number }) => arrays

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(5)
}

test('two executors give what the simulator gives in this process, chunk by chunk and in order', async () => {
  const bundle = await published()
  const { pool } = await poolOf([bundle], 2)
  expect(running()).toHaveLength(2)
  const rollouts = [rolloutOf(model.spec, { batch: 150, horizon: 5 }), rolloutOf(model.spec, { batch: 3 })]
  const results = await Promise.all(rollouts.map((rollout) => pool.rollout(bundle.digest, rollout)))
  const expected = await Promise.all(rollouts.map((rollout) => simulator.rollout(rollout)))
  for (const [i, result] of results.entries()) {
    expect(result.queueMs).toBeGreaterThanOrEqual(0)
    expect(result.computeMs).toBeGreaterThan(0)
    expectNear(numbersOf(result), numbersOf(expected[i]!))
  }
})

function expectNear(actual: object, expected: object): void {
  const worst = Object.entries(expected).map(([name, values]) => {
    const found = (actual as Record<string, Float64Array>)[name]!
    expect(found.constructor).toBe(values.constructor)
    expect(found.length).toBe(values.length)
    return found.reduce(
      (most, x, i) => Math.max(most, Math.abs(x - values[i]) / Math.max(1, Math.abs(values[i]))),
      0,
    )
  })
  expect(Math.max(...worst)).toBeLessThanOrEqual(1e-5)
}

test('a chunk whose executor is killed is computed again, and the executor is replaced', async () => {
  const bundle = await published()
  const { pool, errors } = await poolOf([bundle], 1)
  const rollout = longChunk()
  let settled = false
  const result = pool.rollout(bundle.digest, rollout).finally(() => {
    settled = true
  })
  await setTimeout(10)
  expect(settled).toBe(false)
  children[0]!.kill('SIGKILL')
  expectNear(numbersOf(await result), numbersOf(await simulator.rollout(rollout)))
  expect(children).toHaveLength(2)
  expect(running()).toEqual([children[1]])
  expect(errors.map(({ message }) => message)).toEqual(['an executor stopped; starting another'])
})

test('with two executors the other takes the chunk over, and later requests find two again', async () => {
  const bundle = await published()
  const { pool } = await poolOf([bundle], 2)
  const rollout = rolloutOf(model.spec, { batch: 256, plan: { name: 'sequential', order: [1, 0] } })
  const result = pool.rollout(bundle.digest, rollout)
  await setTimeout(10)
  children[0]!.kill('SIGKILL')
  expectNear(numbersOf(await result), numbersOf(await simulator.rollout(rollout)))
  await until(() => running().length === 2)
})

test('an idle executor that dies is replaced too', async () => {
  const bundle = await published()
  const { pool } = await poolOf([bundle], 1)
  children[0]!.kill('SIGKILL')
  const rollout = rolloutOf(model.spec, { batch: 2 })
  expectNear(
    numbersOf(await pool.rollout(bundle.digest, rollout)),
    numbersOf(await simulator.rollout(rollout)),
  )
})

test('a chunk that kills two executors fails, and the pool goes on', async () => {
  const bundle = await published()
  const { pool } = await poolOf([bundle], 1)
  const doomed = pool.rollout(bundle.digest, longChunk())
  const failed = expect(doomed).rejects.toMatchObject({ code: 'executor_failed' })
  await setTimeout(10)
  children[0]!.kill('SIGKILL')
  await until(() => children.length === 2)
  children[1]!.kill('SIGKILL') // while it loads: that costs the chunk nothing
  await until(() => children.length === 3)
  await until(() => pool.ready()) // it gets the chunk at once
  await setTimeout(10)
  children[2]!.kill('SIGKILL')
  await failed
  await expect(pool.rollout(bundle.digest, rolloutOf(model.spec))).resolves.toBeDefined()
})

test('work that would wait too long is refused as overloaded, and what waits is not disturbed', async () => {
  const bundle = await published()
  const { pool } = await poolOf([bundle], 1, { maxRolloutQueueMs: 1 })
  const big = rolloutOf(model.spec, { batch: 1024, horizon: 2 })
  await pool.rollout(bundle.digest, big) // shows what a row costs
  const results = await Promise.allSettled(Array.from({ length: 4 }, () => pool.rollout(bundle.digest, big)))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
  for (const one of results.slice(1)) {
    expect(one).toMatchObject({ reason: { code: 'overloaded', details: { retryAfterSeconds: 1 } } })
  }
  await expect(pool.rollout(bundle.digest, big)).resolves.toBeDefined()
})

test('small requests do not wait for a big one to end', async () => {
  const bundle = await published()
  const { pool } = await poolOf([bundle], 1)
  const order: string[] = []
  const note = (name: string) => () => void order.push(name)
  await Promise.all([
    pool.rollout(bundle.digest, rolloutOf(model.spec, { batch: 640 })).then(note('big')),
    pool.rollout(bundle.digest, rolloutOf(model.spec, { batch: 1 })).then(note('small')),
  ])
  expect(order).toEqual(['small', 'big'])
})

test('the event loop turns while the executors compute', async () => {
  const bundle = await published()
  const { pool } = await poolOf([bundle], 1)
  let ticks = 0
  const timer = setInterval(() => {
    ticks++
  }, 1)
  await pool.rollout(bundle.digest, rolloutOf(model.spec, { batch: 640 }))
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(10) // one for each chunk at the very least
})

test('a model that ONNX Runtime rejects is refused by name, and the others are served', async () => {
  const models = await modelsFolder()
  const good = await publishModel(models, 'good', model)
  const broken = await publishModel(models, 'broken', model, { denoise: Buffer.from('no graph at all') })
  const swapped = await publishModel(models, 'swapped', model, { reward: model.graphs.decode })
  const { pool, errors } = await poolOf([broken, good, swapped], 2)
  expect(pool.refused.map(({ digest, reference }) => ({ digest, reference }))).toEqual([
    { digest: broken.digest, reference: 'broken/1' },
    { digest: swapped.digest, reference: 'swapped/1' },
  ])
  expect(errors).toEqual(
    ['broken/1', 'swapped/1'].map((reference) => ({
      details: { reference, reason: expect.stringMatching(/\w+/) },
      message: 'refused',
    })),
  )
  for (const { reason } of pool.refused) expect(reason).not.toContain(models)
  await expect(pool.rollout(good.digest, rolloutOf(model.spec))).resolves.toBeDefined()
  await expect(pool.rollout(broken.digest, rolloutOf(model.spec))).rejects.toMatchObject({
    code: 'invalid_bundle',
    message: expect.stringContaining('broken/1'),
  })
  await expect(pool.rollout('0'.repeat(64), rolloutOf(model.spec))).rejects.toMatchObject({
    code: 'model_gone',
  })
  expect(running()).toHaveLength(2)
})

test('closing ends every process, also one that is computing or starting, and fails what is not finished', async () => {
  const bundle = await published()
  const { pool } = await poolOf([bundle], 2)
  children[0]!.kill('SIGKILL')
  await until(() => children.length === 3) // its replacement is loading
  const outcomes = [longChunk(), longChunk()].map((rollout) =>
    expect(pool.rollout(bundle.digest, rollout)).rejects.toMatchObject({ code: 'executor_failed' }),
  )
  await pool.close()
  await Promise.all(outcomes)
  expect(running()).toEqual([])
  await expect(pool.rollout(bundle.digest, longChunk())).rejects.toMatchObject({ code: 'executor_failed' })
})

test('a signal to the whole process group does not interrupt a rollout', async () => {
  const bundle = await published()
  const { pool } = await poolOf([bundle], 1)
  const result = pool.rollout(bundle.digest, longChunk())
  await setTimeout(10)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) children[0]!.kill(signal)
  await expect(result).resolves.toBeDefined()
  expect(running()).toEqual([children[0]])
})
