import { expect, test } from 'vitest'
import { CPU, chunkRows } from '../../src/engine/device.ts'
import type { Rollout, Trajectories } from '../../src/worlds/rollout.ts'
import { cutTrajectories, joinRows, splitRows } from '../../src/worlds/rows.ts'
import { rolloutOf, specOf } from '../inference/fixture.ts'

const spec = specOf()

/** Trajectories whose numbers tell the row they belong to. */
const trajectoriesOf = ({ batch, horizon, states }: Rollout): Trajectories => {
  const table = (width: number) =>
    Array.from({ length: batch * width }, (_, i) => Math.floor(i / width) + states[0]!)
  return {
    states: Float64Array.from(table(horizon * 2)),
    observations: Float32Array.from(table(horizon * 6)),
    rewards: Float32Array.from(table(horizon)),
    terminationProbabilities: Float32Array.from(table(horizon)),
    terminations: Uint8Array.from(table(horizon)),
    lengths: Int32Array.from(table(1)),
    computeMs: 2,
  }
}

test.each([
  [1, [1]],
  [63, [63]],
  [64, [64]],
  [65, [64, 1]],
  [200, [64, 64, 64, 8]],
])('%i rows are cut into %j and put together again', (batch, sizes) => {
  const rollout = rolloutOf(spec, { batch })
  rollout.windows.set(Array.from({ length: batch }, (_, row) => (row % 3) + 1))
  const parts = splitRows(rollout, CPU.chunkRows)
  expect(parts.map((part) => part.batch)).toEqual(sizes)
  for (const name of ['states', 'windows', 'pastActions', 'actions'] as const)
    expect(parts.flatMap((part) => [...part[name]])).toEqual([...rollout[name]])
  for (const { horizon, seed, choice } of parts)
    expect({ horizon, seed, choice }).toEqual(settingsOf(rollout))
})

const settingsOf = ({ horizon, seed, choice }: Rollout) => ({ horizon, seed, choice })

test('results of chunks are joined in order, each array with its own type, and their time is added', () => {
  const rollout = rolloutOf(spec, { batch: 5, horizon: 3 })
  const parts = splitRows(rollout, 2)
  for (const [i, part] of parts.entries()) part.states = Float64Array.of(2 * i) // the first row's number
  const whole = joinRows(parts.map(trajectoriesOf))
  const expected = trajectoriesOf({ ...rollout, states: Float64Array.of(0) })
  expect(whole).toEqual({ ...expected, computeMs: 6 })
})

/** The same of a policy that is learning. */
function closed(part: Rollout): Trajectories {
  const { batch, horizon, states } = part
  const table = (width: number) =>
    Float32Array.from(
      { length: batch * horizon * width },
      (_, i) => Math.floor(i / width / horizon) + states[0]!,
    )
  return {
    ...trajectoriesOf(part),
    actions: table(2),
    drawn: { observations: table(6), logProbabilities: table(2) },
  }
}

test('what a learning policy drew on is joined too; open loop has none of it', () => {
  const rollout = rolloutOf(spec, { batch: 5, horizon: 3 })
  const parts = splitRows(rollout, 2)
  for (const [i, part] of parts.entries()) part.states = Float64Array.of(2 * i)
  const whole = closed({ ...rollout, states: Float64Array.of(0) })
  expect(joinRows(parts.map(closed))).toEqual({ ...whole, computeMs: 6 })
  expect(joinRows(parts.map(trajectoriesOf))).not.toHaveProperty('drawn')
})

test.each([
  ['of an open loop', trajectoriesOf],
  ['of a learning policy', closed],
])('a cut %s has the rows that it names, and a cut of all is the whole', (_, imagine) => {
  const rollout = { ...rolloutOf(spec, { batch: 5, horizon: 3 }), states: Float64Array.of(0) }
  const whole = imagine(rollout)
  const rows = { ...rollout, batch: 3, states: Float64Array.of(1) } // rows 1, 2 and 3
  expect(cutTrajectories(whole, 5, 1, 4)).toEqual(imagine(rows))
  expect(cutTrajectories(whole, 5, 0, 5)).toEqual(whole)
})

test.each([
  [1, 2, 16],
  [64, 2, 32],
  [64, 1, 64],
  [64, 8, 16],
  [600, 2, 64],
])('%d rows on %d executors go in chunks of %d', (batch, executors, rows) => {
  expect(chunkRows(batch, executors)).toBe(rows)
})

test('values of last states are cut and joined with their rows', () => {
  const rollout = { ...rolloutOf(spec, { batch: 70 }), valued: true }
  const whole = { ...trajectoriesOf(rollout), values: Float32Array.from({ length: 70 }, (_, row) => row) }
  const parts = [cutTrajectories(whole, 70, 0, 64), cutTrajectories(whole, 70, 64, 70)]
  expect([...parts[1]!.values!]).toEqual([64, 65, 66, 67, 68, 69])
  expect(joinRows(parts).values).toEqual(whole.values)
  expect(splitRows(rollout, 64).every(({ valued }) => valued)).toBe(true)
})
