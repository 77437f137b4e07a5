// A live session gives the trajectory that the rollout of its actions gives, in whatever company: whether the executor
// keeps a cache for the rewards or judges whole windows, in several calls or in one.
import { beforeAll, describe, expect, test } from 'vitest'
import { CPU } from '../../../../src/engine/device.ts'
import { LiveStepper } from '../../../../src/worlds/dima/serve/live-step.ts'
import { memories, type Windows } from '../../../../src/worlds/dima/serve/memory.ts'
import type { PlanRequest } from '../../../../src/worlds/dima/serve/plan.ts'
import type { LiveRow, StepOutcome } from '../../../../src/worlds/live.ts'
import { gatherRows, scatterRows } from '../../../../src/worlds/live.ts'
import type { Trajectories } from '../../../../src/worlds/rollout.ts'
import { type OpenTiny, openTiny, rolloutOf, tinyModel } from '../../../inference/fixture.ts'
import { walkers } from '../../../inference/live-rows.ts'

let simulator: OpenTiny

const stepper = () => new LiveStepper(simulator.spec, simulator.graphs)
const joint: PlanRequest = { name: 'joint', order: [] }

async function stepAll(live: LiveStepper, rows: LiveRow[], plan = joint): Promise<StepOutcome[]> {
  const results = await live.step(gatherRows(memories(simulator.spec), plan, rows))
  return scatterRows(results, () => 0)
}

/** Worst difference of an outcome from step t of row i of a rollout. */
function distance(outcome: StepOutcome, truth: Trajectories, i: number, t: number): number {
  const at = i * simulator.spec.horizon + t
  const part = (data: ArrayLike<number>, width: number) =>
    Array.from({ length: width }, (_, k) => data[at * width + k]!)
  const expected = [
    ...part(truth.states, outcome.state.length),
    ...part(truth.observations, outcome.observations.length),
    ...part(truth.rewards, 1),
    ...part(truth.terminationProbabilities, 1),
    ...part(truth.terminations, 1),
  ]
  const { state, observations, reward, terminationProbability, terminated } = outcome
  const given = [...state, ...observations, reward, terminationProbability, terminated ? 1 : 0]
  return Math.max(...given.map((value, k) => Math.abs(value - expected[k]!)))
}

describe.each([
  { rewardCache: true, stepInOneCall: false },
  { rewardCache: false, stepInOneCall: false },
  { rewardCache: false, stepInOneCall: true },
])('with a reward cache: $rewardCache, in one call: $stepInOneCall', (choice) => {
  beforeAll(async () => {
    simulator = await openTiny(tinyModel({ perceives: true }), { policy: { ...CPU, ...choice } })
    return () => simulator.close()
  })

  test.for([
    joint,
    { ...joint, observations: 'exact' as const },
    { name: 'sequential' as const, order: [1, 1, 0, 0] },
    { name: 'progressive' as const, order: [1, 0] },
  ])(
    'sessions that set out at different times share batches and equal their rollouts: $name $observations',
    async (plan) => {
      const rollout = { ...rolloutOf(simulator.spec, { batch: 3, plan }), windows: Int32Array.of(3, 1, 2) }
      const truth = await simulator.rollout(rollout)
      const live = stepper()
      const all = walkers(simulator.spec, rollout)
      const delays = [0, 2, 5]
      const ended = [0, 0, 0]
      for (let tick = 0; tick < simulator.spec.horizon + 5; tick++) {
        const there = all.flatMap((walker, i) => {
          const t = tick - delays[i]!
          return t >= 0 && t < simulator.spec.horizon ? [{ walker, i, t }] : []
        })
        const outcomes = await stepAll(
          live,
          there.map(({ walker }) => walker.row()),
          plan,
        )
        there.forEach(({ walker, i, t }, k) => {
          expect(distance(outcomes[k]!, truth, i, t)).toBeLessThan(1e-5)
          walker.take(outcomes[k]!)
          ended[i]!++
        })
      }
      expect(ended).toEqual([15, 15, 15])
    },
  )

  test('a stepper that has nothing cached gives the same in the middle of an episode', async () => {
    const rollout = rolloutOf(simulator.spec, { batch: 2 })
    const truth = await simulator.rollout(rollout)
    const [first, second] = walkers(simulator.spec, rollout)
    const live = stepper()
    for (let t = 0; t < simulator.spec.horizon; t++) {
      const rows = [first!.row(), second!.row()]
      // every third step goes to a stepper that never saw these rows
      const outcomes = await stepAll(t % 3 === 2 ? stepper() : live, rows)
      outcomes.forEach((outcome, i) => {
        expect(distance(outcome, truth, i, t)).toBeLessThan(1e-5)
      })
      first!.take(outcomes[0]!)
      second!.take(outcomes[1]!)
    }
  })

  test('a step that was computed and not committed leaves nothing behind', async () => {
    const rollout = rolloutOf(simulator.spec, { batch: 1 })
    const truth = await simulator.rollout(rollout)
    const [walker] = walkers(simulator.spec, rollout)
    const [here, elsewhere] = [stepper(), stepper()]
    for (let t = 0; t < 4; t++) {
      const row = walker!.row()
      const { states, actions } = row.turn as Windows
      const other = { ...row, turn: { states, actions: actions.map((a) => a + 1) } }
      await stepAll(here, [other]) // its answer is lost
      const [outcome] = await stepAll(elsewhere, [row]) // the retry
      expect(distance(outcome!, truth, 0, t)).toBeLessThan(1e-5)
      walker!.take(outcome!)
      const [back] = await stepAll(here, [walker!.row()])
      expect(distance(back!, truth, 0, t + 1)).toBeLessThan(1e-5)
      walker!.take(back!)
      t++
    }
  })

  test('outcomes have memory of their own', async () => {
    const rollout = rolloutOf(simulator.spec, { batch: 8 })
    const outcomes = await stepAll(
      stepper(),
      walkers(simulator.spec, rollout).map((one) => one.row()),
    )
    const buffers = outcomes.map(({ carried, state, observations }) => {
      const own = carried.byteLength + state.byteLength + observations.byteLength
      for (const array of [carried, state, observations])
        expect(array.buffer.byteLength).toBeLessThanOrEqual(own + 8) // nothing of the batch
      return carried.buffer
    })
    expect(new Set(buffers).size).toBe(8)
    expect(outcomes.map(({ batch }) => batch)).toEqual(Array(8).fill(8))
  })
})
