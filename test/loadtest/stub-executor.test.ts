// The stub stands where an executor does: sessions and rollouts run on it through the real pool.
import { expect, onTestFinished, test } from 'vitest'
import { stubExecutor } from '../../loadtest/serving/stub-executor.ts'
import { startExecutorPool } from '../../src/inference/executors/pool.ts'
import { trust } from '../../src/inference/executors/proof.ts'
import { openSessions } from '../../src/inference/live/sessions.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import type { StartWindow } from '../../src/worlds/starts.ts'
import { A, H, L, modelsFolder, N, O, publishTiny, S } from '../registry/fixture.ts'

const CHOICE = { name: 'joint', order: [] }
const START: StartWindow = { states: new Float64Array(S), actions: new Float32Array() }

async function pool() {
  const bundle = await publishTiny(await modelsFolder())
  const logger = { info: () => {}, error: () => {} }
  const started = await startExecutorPool({
    kinds: KINDS,
    bundles: [bundle],
    executors: 2,
    logger,
    start: stubExecutor,
    prove: trust,
  })
  onTestFinished(() => started.close())
  return { bundle, started }
}

test('sessions step on it past the horizon, with results of the right sizes', async () => {
  const { bundle, started } = await pool()
  const settings = { capacity: 9, capacityPerOwner: 9, idleTimeoutMs: 0, pendingPerSession: 9 }
  const sessions = openSessions(started, KINDS, settings)
  onTestFinished(() => sessions.closeAll())
  const { id } = await sessions.create('me', {
    model: { bundle, starts: [START] },
    choice: CHOICE,
    maxEpisodeSteps: null,
    autoreset: 'disabled',
  })
  for (let step = 1; step <= H + 3; step++) {
    const answer = await sessions.step('me', id, new Float32Array(N * A))
    expect(answer).toMatchObject({ stepId: step, terminated: false })
    expect([answer.state.length, answer.observations.length]).toEqual([S, N * O])
  }
})

test('rollouts of more than a chunk come together', async () => {
  const { bundle, started } = await pool()
  const [batch, horizon] = [150, 5]
  const { states, observations, lengths } = await started.rollout(bundle.digest, {
    batch,
    horizon,
    states: new Float64Array(batch * L * S),
    windows: new Int32Array(batch).fill(1),
    pastActions: new Float32Array(batch * (L - 1) * N * A),
    actions: new Float32Array(batch * horizon * N * A),
    seed: 1,
    choice: CHOICE,
  })
  expect(states).toHaveLength(batch * horizon * S)
  expect(observations).toHaveLength(batch * horizon * N * O)
  expect([...lengths]).toEqual(Array(batch).fill(horizon))
})
