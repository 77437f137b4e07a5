import { expect, test } from 'vitest'
import { drawAction, drawActions } from '../../src/common/action-draw.ts'
import { decide, entriesOf, groupsOf, layoutOf, undecided } from '../../src/common/action-layout.ts'
import { gumbelOf } from '../../src/common/gumbel.ts'
import { Rng } from '../../src/common/rng.ts'

const MIXED = { box: 1, choices: [3, 2] }
const MOMENTS = { mean: [0.5, 0.7, 0.2, 0.1, 0.25, 0.75, 9], std: [0.1, 1, 1, 1, 1, 1, 9] }

test('numbers come first, then choices, one-hot; what is beyond is padding', () => {
  expect(layoutOf(6, [3, 2])).toEqual(MIXED)
  expect(groupsOf(MIXED)).toEqual([
    { from: 1, to: 4 },
    { from: 4, to: 6 },
  ])
  expect(entriesOf(MIXED)).toBe(6)
})

test.each([
  [[0, 1, 0, 0, 0, 1], undefined],
  [[7, 0, 0, 1, 1, 0], undefined],
  [[0, 1, 1, 0, 0, 1], { from: 1, to: 4 }],
  [[0, 0, 0, 0, 0, 1], { from: 1, to: 4 }],
  [[0, 0.5, 0.5, 0, 0, 1], { from: 1, to: 4 }],
  [[0, 1, 0, 0, 2, -1], { from: 4, to: 6 }],
])('%j has the undecided choice %j', (row, group) => {
  expect(undecided([9, ...row], 1, MIXED)).toEqual(group)
})

test('what is undecided is decided for the greatest, the first of equal ones', () => {
  const values = Float32Array.of(9, 0.5, -3, 0.25, 0.25, 0.5, 0.5)
  decide(values, 1, MIXED)
  expect([...values]).toEqual([9, 0.5, 0, 1, 0, 1, 0])
})

test('the quantile is that of the Gumbel distribution', () => {
  // -ln(-ln Φ(z)), Φ from tables of 15 digits
  for (const [z, value] of [
    [0, -Math.log(Math.LN2)],
    [1, -Math.log(-Math.log(0.841344746068543))],
    [-2, -Math.log(-Math.log(0.0227501319481792))],
    [-6, -Math.log(-Math.log(9.86587645037698e-10))],
    [6, -Math.log(-Math.log1p(-9.86587645037698e-10))],
  ] as const)
    expect(gumbelOf(z)).toBeCloseTo(value, 5)
})

test('options are drawn as often as they are likely, and the log-probability is that of the draw', () => {
  const rng = new Rng('choices')
  const [rows, counts] = [20_000, new Float64Array(7)]
  const actions = new Float32Array(7)
  for (let i = 0; i < rows; i++) {
    const log = drawAction(MIXED, MOMENTS, { from: 0, to: 0, noise: () => rng.normal() }, actions)
    expect(undecided(actions, 0, MIXED)).toBeUndefined()
    const p = [1, 2, 3, 4, 5].reduce((product, entry) => product * MOMENTS.mean[entry]! ** actions[entry]!, 1)
    if (i < 100) expect(log).toBeCloseTo(Math.log(p), 6)
    for (let entry = 1; entry < 7; entry++) counts[entry]! += actions[entry]! / rows
  }
  for (const [entry, p] of [
    [1, 0.7],
    [2, 0.2],
    [3, 0.1],
    [4, 0.25],
    [5, 0.75],
    [6, 0], // padding
  ] as const)
    expect(Math.abs(counts[entry]! - p)).toBeLessThan(4 * Math.sqrt(0.25 / rows))
})

test('without noise the mean and the likeliest options come', () => {
  const actions = new Float32Array(7)
  drawAction(MIXED, MOMENTS, { from: 0, to: 0, noise: () => 0 }, actions)
  expect([...actions]).toEqual([0.5, 1, 0, 0, 0, 1, 0])
  // an option that can't be is never drawn
  const never = { mean: [0, 1], std: [0, 0] }
  drawAction({ box: 0, choices: [2] }, never, { from: 0, to: 0, noise: (i) => (i ? -8 : 8) }, actions)
  expect(actions[1]).toBe(1)
})

test('rows take turns among the layouts of the agents', () => {
  const mean = Float32Array.of(0.5, 0.5, 2, 0, 0.1, 0.9, 3, 0)
  const layouts = [
    { box: 0, choices: [2] },
    { box: 1, choices: [] },
  ]
  const { actions, logProbabilities } = drawActions(
    { mean, std: new Float32Array(8).fill(1) },
    2,
    new Rng(3),
    layouts,
  )
  expect(actions[0]! + actions[1]!).toBe(1)
  expect(actions[3]).toBe(0)
  expect(logProbabilities[0]).toBeCloseTo(Math.log(0.5), 6)
  const gaussian = -((actions[2]! - 2) ** 2) / 2 - 0.5 * Math.log(2 * Math.PI)
  expect(logProbabilities[1]).toBeCloseTo(gaussian, 6)
})
