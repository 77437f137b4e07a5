// The shipped model, whose networks are large enough to show in which ways the engine multiplies: a session's numbers
// do not depend on how many others share its steps.
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { Rng } from '../../../../src/common/rng.ts'
import { readGraphs } from '../../../../src/registry/load.ts'
import { openRepository } from '../../../../src/registry/repository.ts'
import { LiveStepper } from '../../../../src/worlds/dima/serve/live-step.ts'
import type { DimaSpec } from '../../../../src/worlds/dima/serve/manifest.ts'
import { memories } from '../../../../src/worlds/dima/serve/memory.ts'
import { asDima, asDimaGraphs } from '../../../../src/worlds/dima/serve/spec.ts'
import { KINDS } from '../../../../src/worlds/kinds.ts'
import { gatherRows, scatterRows } from '../../../../src/worlds/live.ts'
import { openGraphs } from '../../../../src/worlds/open-simulator.ts'
import type { Rollout } from '../../../../src/worlds/rollout.ts'
import { lettersOf } from '../../../../src/worlds/world.ts'
import { walkers } from '../../../inference/live-rows.ts'

const MOST = 6
const HORIZON = 15

function randomRollout(spec: DimaSpec): Rollout {
  const { L, N, A, S } = lettersOf(spec)
  const rng = new Rng(8, 'company')
  return {
    batch: MOST,
    horizon: HORIZON,
    states: Float64Array.from(rng.normals(MOST * L * S), (x) => 0.1 * x),
    windows: new Int32Array(MOST).fill(1),
    pastActions: new Float32Array(MOST * (L - 1) * N * A),
    actions: rng.normals(MOST * HORIZON * N * A).map((x) => Math.tanh(x)),
    seed: 3,
    choice: { name: 'joint', order: [] },
  }
}

test('a session alone equals itself among others', async () => {
  const repository = await openRepository(resolve(import.meta.dirname, '../../../../models'), KINDS)
  const bundle = repository.resolve('halfcheetah-2x3')
  const spec = asDima(bundle.manifest)
  const graphs = asDimaGraphs(await openGraphs(await readGraphs(bundle)))
  const rollout = randomRollout(spec)
  /** [H, S] of the first of so many sessions. */
  const firstOf = async (sessions: number): Promise<number[]> => {
    const stepper = new LiveStepper(spec, graphs)
    const all = walkers(spec, rollout).slice(0, sessions)
    const states: number[] = []
    for (let t = 0; t < HORIZON; t++) {
      const rows = all.map((one) => one.row())
      const results = await stepper.step(gatherRows(memories(spec), rollout.choice, rows))
      const outcomes = scatterRows(results, () => 0)
      outcomes.forEach((outcome, i) => {
        all[i]!.take(outcome)
      })
      states.push(...outcomes[0]!.state)
    }
    return states
  }
  const alone = await firstOf(1)
  for (let sessions = 2; sessions <= MOST; sessions++) {
    const among = await firstOf(sessions)
    const gaps = among.map((x, i) => Math.abs(x - alone[i]!))
    expect(Math.max(...gaps)).toBeLessThan(5e-6)
  }
  for (const session of Object.values(graphs)) await session.release()
})
