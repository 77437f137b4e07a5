// Live steps through real executors: killed, stopped, canceled, reloaded.
import { setTimeout } from 'node:timers/promises'
import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type ExecutorPool, startExecutorPool } from '../../../src/inference/executors/pool.ts'
import type { PoolOptions } from '../../../src/inference/executors/pool-options.ts'
import { trust } from '../../../src/inference/executors/proof.ts'
import type { Bundle } from '../../../src/registry/load.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import type { StepOutcome } from '../../../src/worlds/live.ts'
import type { Trajectories } from '../../../src/worlds/rollout.ts'
import { type StartWindow, windowOf } from '../../../src/worlds/starts.ts'
import { modelsFolder } from '../../registry/fixture.ts'
import { publishModel } from '../bundle.ts'
import { type OpenTiny, openTiny, rolloutOf, type TinyModel, tinyModel } from '../fixture.ts'
import { type Walker, walkers } from '../live-rows.ts'
import { children } from './children.ts'

vi.mock('../../../src/common/start-process.ts', async (original) => {
  const { noteChildren } = await import('./children.ts') // this runs before the imports above
  return noteChildren(await original<typeof import('../../../src/common/start-process.ts')>())
})

let model: TinyModel
let simulator: OpenTiny
let bundle: Bundle
beforeAll(async () => {
  model = tinyModel()
  simulator = await openTiny(model)
  return () => simulator.close()
})
beforeEach(async () => {
  bundle = await publishModel(await modelsFolder(), 'tiny', model)
})

async function poolOf(executors: number, options: Partial<PoolOptions> = {}): Promise<ExecutorPool> {
  children.length = 0
  const logger = { info: () => {}, error: () => {} }
  const pool = await startExecutorPool({
    kinds: KINDS,
    bundles: [bundle],
    executors,
    logger,
    prove: trust,
    ...options,
  })
  onTestFinished(() => pool.close())
  return pool
}

const plan = { name: 'joint' as const, order: [] }

async function walk(pool: ExecutorPool, walker: Walker, steps: number): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = []
  for (let t = 0; t < steps; t++) {
    const outcome = await pool.step(bundle.digest, plan, walker.row())
    walker.take(outcome)
    outcomes.push(outcome)
  }
  return outcomes
}

/** Worst difference of the walked states from the rollout's. */
function worst(walked: StepOutcome[][], { states }: Trajectories, horizon: number): number {
  const S = model.spec.state.length
  const gaps = walked.flatMap((outcomes, i) =>
    outcomes.flatMap(({ state }, t) =>
      [...state].map((x, s) => Math.abs(x - states[(i * horizon + t) * S + s]!)),
    ),
  )
  return Math.max(...gaps)
}

test('many sessions over two executors, one of which is killed again and again, equal their rollouts', async () => {
  const pool = await poolOf(2)
  const rollout = rolloutOf(model.spec, { batch: 24 })
  const truth = await simulator.rollout(rollout)
  let walking = true
  const killing = (async () => {
    while (walking) {
      await setTimeout(30)
      if (pool.stats().executorsReady === 2)
        children.findLast(({ exitCode, signalCode }) => exitCode === null && !signalCode)?.kill('SIGKILL')
    }
  })()
  const walked = await Promise.all(
    walkers(model.spec, rollout).map((walker) => walk(pool, walker, rollout.horizon)),
  )
  walking = false
  await killing
  expect(children.length).toBeGreaterThan(2)
  expect(worst(walked, truth, rollout.horizon)).toBeLessThan(1e-5)
})

test('steps that arrive together are executed together', async () => {
  const executed: number[] = []
  const observer = { executed: ({ rows }: { rows: number }) => void executed.push(rows) }
  const pool = await poolOf(1, { observer, maxBatchSize: 8 })
  const rows = walkers(model.spec, rolloutOf(model.spec, { batch: 20 })).map((walker) => walker.row())
  const outcomes = await Promise.all(rows.map((row) => pool.step(bundle.digest, plan, row)))
  expect(executed).toEqual([8, 8, 4])
  expect(outcomes.map(({ batch }) => batch)).toEqual([...Array(16).fill(8), ...Array(4).fill(4)])
})

test('a live step does not wait for a long rollout to end', async () => {
  const pool = await poolOf(1)
  const [walker] = walkers(model.spec, rolloutOf(model.spec))
  const order: string[] = []
  await Promise.all([
    pool.rollout(bundle.digest, rolloutOf(model.spec, { batch: 640 })).then(() => order.push('rollout')),
    walk(pool, walker!, 5).then(() => order.push('five steps')),
  ])
  expect(order).toEqual(['five steps', 'rollout'])
})

test('an executor that falls silent is killed and replaced; its work is done and readiness is off meanwhile', async () => {
  const restarted: string[] = []
  const observer = { restarted: (reason: string) => void restarted.push(reason) }
  const pool = await poolOf(1, { executorTimeoutMs: 500, observer })
  const rollout = rolloutOf(model.spec)
  const truth = await simulator.rollout(rollout)
  const [walker] = walkers(model.spec, rollout)
  expect(pool.ready()).toBe(true)
  children[0]!.kill('SIGSTOP')
  const walked = walk(pool, walker!, rollout.horizon)
  while (restarted.length === 0) await setTimeout(10)
  expect(pool.ready()).toBe(false)
  expect(worst([await walked], truth, rollout.horizon)).toBeLessThan(1e-5)
  expect(restarted).toEqual(['wedged'])
  expect(pool.ready()).toBe(true)
})

test('a deadline passes and a cancellation counts while the work waits', async () => {
  const pool = await poolOf(1, { executorTimeoutMs: 60_000 })
  children[0]!.kill('SIGSTOP')
  const rows = walkers(model.spec, rolloutOf(model.spec, { batch: 3 })).map((walker) => walker.row())
  const stuck = [
    pool.step(bundle.digest, plan, rows[0]!),
    pool.rollout(bundle.digest, rolloutOf(model.spec)),
  ].map((work) => expect(work).rejects.toMatchObject({ code: 'executor_failed' }))
  await setTimeout(5) // they are with the executor now, and the next ones wait
  const controller = new AbortController()
  const outcomes = [
    [pool.step(bundle.digest, plan, rows[1]!, { deadline: performance.now() + 30 }), 'deadline_exceeded'],
    [pool.step(bundle.digest, plan, rows[2]!, { signal: controller.signal }), 'canceled'],
    [pool.rollout(bundle.digest, rolloutOf(model.spec), { signal: controller.signal }), 'canceled'],
  ] as const
  controller.abort()
  await Promise.all(outcomes.map(([work, code]) => expect(work).rejects.toMatchObject({ code })))
  await pool.close()
  await Promise.all(stuck)
})

test('starts are begun alike, alone and in company', async () => {
  const pool = await poolOf(1)
  const rollout = rolloutOf(model.spec, { batch: 3 })
  const starts = [0, 1, 2].map((row) => windowOf(model.spec, rollout, row))
  const begin = (start: StartWindow) => pool.begin(bundle.digest, rollout.choice, start)
  const together = await Promise.all(starts.map(begin))
  for (const [row, start] of starts.entries()) expect(await begin(start)).toEqual(together[row])
  const { observations, carried } = await simulator.begin(rollout, rollout.choice)
  expect(together.flatMap((begun) => [...begun.observations])).toEqual([...observations])
  expect(together.flatMap((begun) => [...begun.carried])).toEqual([...carried])
  expect(together[0]!.observations).not.toEqual(together[1]!.observations)
})

test('a model can be added and taken away while others are served', async () => {
  const pool = await poolOf(2)
  const models = await modelsFolder()
  const added = await publishModel(models, 'added', model)
  const broken = await publishModel(models, 'broken', model, { rewardStep: Buffer.from('no graph') })
  await expect(pool.rollout(added.digest, rolloutOf(model.spec))).rejects.toMatchObject({
    code: 'model_gone',
  })
  const [, refused] = await Promise.all([
    pool.load(added),
    pool.load(broken),
    pool.rollout(bundle.digest, rolloutOf(model.spec, { batch: 64 })),
  ])
  expect(refused).toMatchObject({ reference: 'broken/1' })
  await expect(pool.rollout(added.digest, rolloutOf(model.spec))).resolves.toBeDefined()
  await expect(pool.rollout(broken.digest, rolloutOf(model.spec))).rejects.toMatchObject({
    code: 'invalid_bundle',
  })
  const last = pool.rollout(added.digest, rolloutOf(model.spec, { batch: 64 }))
  await setTimeout(5)
  await pool.unload(added.digest)
  await expect(last).resolves.toBeDefined()
  await expect(pool.rollout(added.digest, rolloutOf(model.spec))).rejects.toMatchObject({
    code: 'model_gone',
  })
  children[0]!.kill('SIGKILL')
  while (!pool.ready() || children.length < 3) await setTimeout(10)
  await expect(pool.rollout(bundle.digest, rolloutOf(model.spec))).resolves.toBeDefined()
})

test('small rollouts that wait together share an execution, each with its own seed and samples', async () => {
  const executed: number[] = []
  const observer = { executed: ({ rows }: { rows: number }) => void executed.push(rows) }
  const pool = await poolOf(1, { observer })
  const rollouts = [
    rolloutOf(model.spec, { keys: [1, 2], seed: 3 }),
    { ...rolloutOf(model.spec, { keys: [1, 1], seed: 4 }), samples: Int32Array.of(0, 1) },
    rolloutOf(model.spec, { keys: [5], seed: 5, horizon: 4 }), // of another kind
    rolloutOf(model.spec, { batch: 61, seed: 6 }), // too many beside the others
  ]
  const results = await Promise.all(rollouts.map((rollout) => pool.rollout(bundle.digest, rollout)))
  expect(executed.toSorted((a, b) => a - b)).toEqual([1, 4, 61])
  for (const [i, rollout] of rollouts.entries()) {
    const alone = await simulator.rollout(rollout)
    for (const name of ['states', 'observations', 'rewards', 'terminations', 'lengths'] as const) {
      const [given, expected] = [[...results[i]![name]], [...alone[name]]]
      expect(given).toHaveLength(expected.length)
      expect(Math.max(...given.map((x, k) => Math.abs(x - expected[k]!)))).toBeLessThan(1e-5)
    }
  }
})
