// Check 10: rollouts of 5 steps here, with an error that is the same at each.
import { expect, test } from 'vitest'
import type { DimaModel } from '../../../src/algorithms/dima/trained-model.ts'
import type { PlanRequest } from '../../../src/worlds/dima/serve/plan.ts'
import { sizes, spec } from '../../runs/synthetic-env.ts'
import { erring, missesOf, subjectOf, verdicts } from './fixture.ts'

/** Sums over the horizon. */
interface Sums {
  descending: number
  ascending: number
  balanced: number
  joint: number
}
const RIGHT: Sums = { descending: 4.3, ascending: 4, balanced: 3.2, joint: 1.5 }
const NAMES: Record<string, keyof Sums> = {
  '': 'joint',
  '1,0': 'descending',
  '0,1': 'ascending',
  '1,0,0,1': 'balanced',
}

const simulator = (sums: Partial<Sums> = {}) =>
  erring(({ order }: PlanRequest) => ({ ...RIGHT, ...sums })[NAMES[order.join()]!] / sizes.horizon)
/** What nothing moves adds up to depends on the environment alone, which is not the specification's. */
const STILL = '5-step cumulative L1, persistence'
const misses = async (sums: Partial<Sums>, without?: number) => {
  const other = without ? { withoutOffset: { model: { spec } as DimaModel, simulator: all(without) } } : {}
  return (await missesOf(10, subjectOf(simulator(sums), other))).filter((figure) => figure !== STILL)
}
const all = (sum: number) => simulator({ descending: sum, ascending: sum, balanced: sum, joint: sum })
const sumOf = (name: string) => `5-step cumulative L1, ${name}`

test('passes with the figures of the specification, which the sums show', async () => {
  expect(await misses({}, 6)).toEqual([])
  const found = await verdicts(10, subjectOf(simulator()))
  expect(Object.keys(found)).not.toContain(`${sumOf('sequential, descending')}, without offset`)
  expect(found[sumOf('sequential, balanced')]).toBe('pass')
  expect(found[STILL]).toBe('miss')
})

test.each<[string, Partial<Sums>, string[]]>([
  [
    'an order that is lost',
    { ascending: 7.5 },
    [sumOf('sequential, ascending'), 'spread of the orders, 1 - min / max'],
  ],
  ['orders too far apart', { balanced: 3.05, descending: 4.45 }, ['spread of the orders, 1 - min / max']],
  ['a joint plan that drifts', { joint: 1.9 }, [sumOf('joint')]],
])('misses %s', async (_, sums, expected) => {
  expect(await misses(sums)).toEqual(expected)
})

test('misses a model that nothing-changes would beat, on any data', async () => {
  const subject = subjectOf(simulator({ joint: 100 }), { reference: false })
  expect(await missesOf(10, subject)).toEqual(['joint in units of persistence'])
})

test('misses an ablation that changes nothing', async () => {
  const without = ['descending', 'ascending', 'balanced'].map(
    (name) => `${sumOf(`sequential, ${name}`)}, without offset`,
  )
  expect(await misses({}, 4)).toEqual([...without, 'smallest ratio without / with offset'])
})
