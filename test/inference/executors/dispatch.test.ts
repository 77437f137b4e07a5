// When the pool looks for work, with an executor that answers at once and a clock that moves between any two looks at it.
import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Admission } from '../../../src/inference/executors/admission.ts'
import { BatchQueue } from '../../../src/inference/executors/batch-queue.ts'
import { Dispatcher } from '../../../src/inference/executors/dispatcher.ts'
import type { EndReason, Executor } from '../../../src/inference/executors/executor.ts'
import type { Members } from '../../../src/inference/executors/members.ts'
import { startExecutorPool } from '../../../src/inference/executors/pool.ts'
import { trust } from '../../../src/inference/executors/proof.ts'
import { RolloutQueue } from '../../../src/inference/executors/rollout-queue.ts'
import type { Bundle } from '../../../src/registry/load.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import type { LiveBatch, LiveResults } from '../../../src/worlds/live.ts'
import { modelsFolder } from '../../registry/fixture.ts'
import { publishModel } from '../bundle.ts'
import { rolloutOf, type TinyModel, tinyModel } from '../fixture.ts'
import { walkers } from '../live-rows.ts'

const COMPUTE_MS = 10

let model: TinyModel
let bundle: Bundle
beforeAll(() => {
  model = tinyModel()
})
beforeEach(async () => {
  bundle = await publishModel(await modelsFolder(), 'tiny', model)
})

const resultsOf = ({ ids: { length: M } }: LiveBatch): LiveResults => ({
  carried: new Float32Array(model.spec.state.length * M),
  states: new Float64Array(model.spec.state.length * M),
  observations: new Float32Array(M),
  rewards: new Float32Array(M),
  terminationProbabilities: new Float32Array(M),
  terminations: new Uint8Array(M),
  computeMs: COMPUTE_MS,
})

function promptExecutor(): Executor {
  let kill: Executor['kill'] = () => {}
  const exited = new Promise<EndReason>((resolve) => (kill = resolve))
  const call = async (type: string, { batch }: { batch?: LiveBatch }) =>
    type === 'step' ? resultsOf(batch!) : {}
  return { alive: true, exited, lastHeard: Infinity, call: call as unknown as Executor['call'], kill }
}

test('a step whose wait for others ends while the pool looks is not forgotten', async () => {
  const logger = { info: () => {}, error: () => {} }
  const pool = await startExecutorPool({
    kinds: KINDS,
    bundles: [bundle],
    executors: 1,
    logger,
    start: promptExecutor,
    prove: trust,
  })
  onTestFinished(() => pool.close())
  const [first, second] = walkers(model.spec, rolloutOf(model.spec, { batch: 2 }))
  const plan = { name: 'joint' as const, order: [] }
  const step = (walker = first!) => pool.step(bundle.digest, plan, walker.row())

  let now = performance.now()
  const clock = vi.spyOn(performance, 'now')
  onTestFinished(() => void clock.mockRestore())
  // From one look to the next a bit less than the wait, so that it ends at another look each time.
  for (const tick of [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]) {
    clock.mockImplementation(() => now) // time stands still while both are answered
    await Promise.all([step(), step(second)])
    const waiting = step() // the second is expected, and does not come
    clock.mockImplementation(() => (now += tick))
    expect(await waiting).toMatchObject({ batch: 1 })
    now += 1000 * COMPUTE_MS
  }
}, 5000)

test('what a model cost is forgotten soon after it is unloaded', async () => {
  const admission = new Admission({ maxQueueMs: 1000, executors: 1, batchSize: 1 })
  for (const digest of ['loaded', 'unloaded']) admission.measured(digest, 1, 5)
  const members = { closed: false, wanted: { has: (digest: string) => digest === 'loaded' } }
  const live = new BatchQueue({ maxBatchSize: 1, maxDelayMs: 1 }, admission)
  const rollouts = new RolloutQueue(1, admission)
  const dispatcher = new Dispatcher(members as unknown as Members, live, rollouts, () => {})
  onTestFinished(() => dispatcher.stop())
  await vi.waitFor(() => expect(admission.usualMs('unloaded', 1)).toBe(0), 30_000)
  expect(admission.usualMs('loaded', 1)).toBe(5)
})
