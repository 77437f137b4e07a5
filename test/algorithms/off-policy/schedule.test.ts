import { expect, test } from 'vitest'
import { Schedule } from '../../../src/algorithms/off-policy/schedule.ts'

const OPTIONS = {
  copies: 20,
  stepsPerCopy: 50,
  warmupSteps: 2500,
  updatesPerStep: 0.05,
  capacity: 10_500,
  evaluation: { everySteps: 2000 },
}
const schedule = new Schedule(7500, OPTIONS)

test('epochs of the warm-up play at random and learn nothing; after them updates keep pace with steps', () => {
  expect([schedule.stepsEach, schedule.count, schedule.blocksKept]).toEqual([1000, 8, 10])
  const epochs = [1, 2, 3, 4, 5]
  expect(epochs.map((epoch) => schedule.warmsUp(epoch))).toEqual([true, true, true, false, false])
  expect(epochs.map((epoch) => schedule.updatesAfter(epoch))).toEqual([0, 0, 0, 50, 100])
})

test('a rate that does not divide an epoch comes out over several', () => {
  const slow = new Schedule(7500, { ...OPTIONS, updatesPerStep: 0.0015 })
  expect([4, 5, 6, 7].map((epoch) => slow.updatesAfter(epoch))).toEqual([2, 3, 5, 6])
})

test('it is evaluated when its steps are, and at the end', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8].filter((epoch) => schedule.evaluates(epoch))).toEqual([2, 4, 6, 8])
})
