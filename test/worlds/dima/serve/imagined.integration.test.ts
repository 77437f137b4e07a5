// Real graphs, tiny and untrained: a trajectory is a function of the model, its own start and actions, and the seed.
import { beforeAll, describe, expect, test } from 'vitest'
import { CPU } from '../../../../src/engine/device.ts'
import type { PlanRequest } from '../../../../src/worlds/dima/serve/plan.ts'
import type { Rollout, Trajectories } from '../../../../src/worlds/rollout.ts'
import { joinRows, splitRows } from '../../../../src/worlds/rows.ts'
import {
  type OpenTiny,
  openTiny,
  type RolloutOptions,
  rolloutOf,
  type TinyModel,
  tinyModel,
} from '../../../inference/fixture.ts'

const ARRAYS = [
  'states',
  'observations',
  'rewards',
  'terminationProbabilities',
  'terminations',
  'lengths',
] as const

let model: TinyModel
let simulator: OpenTiny
beforeAll(async () => {
  model = tinyModel()
  simulator = await openTiny(model)
  return () => simulator.close()
})

const imagine = (options: RolloutOptions) => simulator.rollout(rolloutOf(model.spec, options))

/** One row of every array, `steps` steps of it. */
function rowOf(
  trajectories: Trajectories,
  row: number,
  { batch, horizon }: Pick<Rollout, 'batch' | 'horizon'>,
  steps = horizon,
) {
  return ARRAYS.filter((name) => name !== 'lengths').flatMap((name) => {
    const width = trajectories[name].length / (batch * horizon)
    const from = row * horizon * width
    return [...trajectories[name].subarray(from, from + steps * width)]
  })
}

function expectNear(actual: number[], expected: number[]): void {
  expect(actual.length).toBe(expected.length)
  const far = actual.filter(
    (value, i) => !(Math.abs(value - expected[i]!) <= 1e-5 * Math.max(1, Math.abs(expected[i]!))),
  )
  expect(far).toEqual([])
}

test('trajectories are finite, move, and depend on both agents and on the start', async () => {
  const all = await imagine({ batch: 4, horizon: 15 })
  for (const name of ARRAYS) expect(all[name].every(Number.isFinite)).toBe(true)
  const pushed = async (which: 'actions' | 'states', index: number, by = 0.5) => {
    const rollout = rolloutOf(model.spec, { batch: 1, horizon: 2 })
    rollout[which][index]! += by
    return [...(await simulator.rollout(rollout)).states]
  }
  const base = await pushed('actions', 0, 0)
  expect(await pushed('actions', 0)).not.toEqual(base) // agent 0
  expect(await pushed('actions', 3)).not.toEqual(base) // agent 1
  expect(await pushed('states', 0)).not.toEqual(base)
})

const plans: PlanRequest[] = [
  { name: 'joint', order: [] },
  { name: 'sequential', order: [1, 0] },
  { name: 'progressive', order: [1, 0] },
]

describe.each(plans)('plan $name', (plan) => {
  test('the same request with the same seed gives identical bytes', async () => {
    const [a, b] = [await imagine({ batch: 3, plan }), await imagine({ batch: 3, plan })]
    for (const name of ARRAYS)
      expect(Buffer.from(a[name].buffer).equals(Buffer.from(b[name].buffer))).toBe(true)
  })

  test('a row does not depend on the other rows: alone, permuted, in a batch of 70 cut into chunks', async () => {
    const keys = Array.from({ length: 70 }, (_, i) => i)
    const big = rolloutOf(model.spec, { keys, plan })
    const parts: Trajectories[] = []
    for (const chunk of splitRows(big, CPU.chunkRows)) parts.push(await simulator.rollout(chunk))
    expect(parts).toHaveLength(2)
    const cut = joinRows(parts)
    const reversed = await imagine({ keys: keys.toReversed(), plan })
    for (const row of [0, 33, 63, 64, 69]) {
      const alone = rowOf(await imagine({ keys: [row], plan }), 0, { ...big, batch: 1 })
      expectNear(rowOf(cut, row, big), alone)
      expectNear(rowOf(reversed, 69 - row, big), alone)
    }
  })

  test('a shorter horizon is a prefix of a longer one', async () => {
    const [long, short] = [
      await imagine({ batch: 3, horizon: 15, plan }),
      await imagine({ batch: 3, horizon: 6, plan }),
    ]
    // The random actions of a row are one stream, so the shorter rollout has the first six actions of the longer.
    for (const row of [0, 1, 2])
      expectNear(rowOf(short, row, { batch: 3, horizon: 6 }), rowOf(long, row, { batch: 3, horizon: 15 }, 6))
  })
})

test('another seed gives other states', async () => {
  const [a, b] = [await imagine({ seed: 1 }), await imagine({ seed: 2 })]
  expect([...b.states]).not.toEqual([...a.states])
})

test('rows with the same start meet the same noise: equal actions give equal rows, later changes only later states', async () => {
  const rollout = rolloutOf(model.spec, { keys: [1, 1, 1], horizon: 8 })
  const joint = 6
  rollout.actions[(2 * 8 + 5) * joint]! += 0.5 // row 2, step 5
  const states = (await simulator.rollout(rollout)).states
  const S = model.spec.state.length
  const steps = (row: number, from: number, to: number) => [
    ...states.slice((row * 8 + from) * S, (row * 8 + to) * S),
  ]
  expectNear(steps(1, 0, 8), steps(0, 0, 8))
  expectNear(steps(2, 0, 5), steps(0, 0, 5))
  expect(steps(2, 5, 6)).not.toEqual(steps(0, 5, 6))
})

test.each([1, 2])('what stands in the padding of a window of length %i does not matter', async (length) => {
  const clean = rolloutOf(model.spec, { batch: 2 })
  clean.windows.fill(length)
  const dirty = structuredClone(clean)
  for (const row of [0, 1]) {
    const [stateRow, actionRow] = [dirty.states.length / 2, dirty.pastActions.length / 2]
    dirty.states.fill(7, row * stateRow, row * stateRow + ((3 - length) / 3) * stateRow)
    dirty.pastActions.fill(7, row * actionRow, row * actionRow + ((3 - length) / 2) * actionRow)
  }
  const [a, b] = [await simulator.rollout(clean), await simulator.rollout(dirty)]
  for (const name of ARRAYS) expect([...b[name]]).toEqual([...a[name]])
})
