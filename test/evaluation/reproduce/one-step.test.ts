// Check 8, on simulators that make the mistakes it is there to find.
import { expect, test } from 'vitest'
import type { PlanRequest } from '../../../src/worlds/dima/serve/plan.ts'
import { erring, missesOf, subjectOf, verdicts } from './fixture.ts'

interface Errors {
  sequential: number
  joint: number
  single: number
}
const RIGHT: Errors = { sequential: 0.16, joint: 0.05, single: 0.33 }

const errorOf =
  (errors: Errors) =>
  ({ name, order }: PlanRequest) => {
    if (name === 'joint') return errors.joint
    return new Set(order).size === 1 ? errors.single : errors.sequential
  }
const misses = (errors: Partial<Errors>) => missesOf(8, subjectOf(erring(errorOf({ ...RIGHT, ...errors }))))

const ORDERS = ['descending', 'ascending', 'balanced'].map((order) => `one-step L1, sequential, ${order}`)
const SINGLE = [1, 2].map((agent) => `one-step L1, all levels on agent ${agent}`)

test('passes with the figures of the specification', async () => {
  const found = await verdicts(8, subjectOf(erring(errorOf(RIGHT))))
  expect(found).toEqual(
    Object.fromEntries([...ORDERS, 'one-step L1, joint', ...SINGLE].map((figure) => [figure, 'pass'])),
  )
})

test.each([
  ['one agent’s action is all that is used', { sequential: 0.33 }, ORDERS],
  ['the offset noise is missing', { sequential: 0.26 }, ORDERS],
  ['the mask hides nobody', { sequential: 0.05, single: 0.05 }, [...ORDERS, ...SINGLE]],
  ['the mask hides everybody', { sequential: 0.55, single: 0.55 }, [...ORDERS, ...SINGLE]],
  ['joint actions do not arrive', { joint: 0.55 }, ['one-step L1, joint']],
])('misses where %s', async (_, errors, expected) => {
  expect(await misses(errors)).toEqual(expected)
})

test('has no thresholds on other data', async () => {
  const found = await verdicts(8, subjectOf(erring(errorOf(RIGHT)), { reference: false }))
  expect(new Set(Object.values(found))).toEqual(new Set(['reported']))
})
