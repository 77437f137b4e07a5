import { expect, test } from 'vitest'
import { Repository } from '../../src/registry/repository.ts'
import { parseRollout } from '../../src/server/rollout/parse.ts'
import { resolveOrder } from '../../src/worlds/dima/serve/choices.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { A, L, N, S } from '../registry/fixture.ts'
import { actionsOf, bundleOf, goodRequest, startOf, statesOf } from './fixture.ts'

const repository = new Repository([bundleOf()])
const parse = (request: unknown) =>
  parseRollout(request, { repository, kinds: KINDS }, { batch: 1024, outOfRange: 'clip' }).rollout

test('pads short windows at the front', () => {
  const { states, windows, pastActions } = parse({ ...goodRequest(), starts: [startOf(2), startOf(3)] })
  expect([...windows]).toEqual([2, 3])
  expect([...states.subarray(0, S)]).toEqual([0, 0, 0, 0])
  expect([...states.subarray(S, L * S)]).toEqual(statesOf(2).flat())
  expect([...states.subarray(L * S)]).toEqual(statesOf(3).flat())
  const [joint, row] = [N * A, (L - 1) * N * A]
  expect([...pastActions.subarray(0, joint)]).toEqual(Array(joint).fill(0))
  const past = (length: number) => [...Float32Array.from(actionsOf(1, length).flat(3))]
  expect([...pastActions.subarray(joint, row)]).toEqual(past(1))
  expect([...pastActions.subarray(row)]).toEqual(past(2))
})

test('repeats a single start for every row', () => {
  const { states, windows, pastActions } = parse({ ...goodRequest(), actions: actionsOf(3, 2) })
  expect([...windows]).toEqual([3, 3, 3])
  const row = statesOf(3).flat()
  expect([...states]).toEqual([...row, ...row, ...row])
  expect(pastActions.slice(0, 12)).toEqual(pastActions.slice(24))
})

test('one state needs no past actions, an empty list is the same', () => {
  const starts = [startOf(1), { ...startOf(1), actions: [] }]
  expect([...parse({ ...goodRequest(), starts }).windows]).toEqual([1, 1])
})

test('copies a large request in a few milliseconds', () => {
  const request = { starts: [startOf(1)], actions: actionsOf(1024, 15) }
  parse(request)
  const begin = performance.now()
  const { actions } = parse(request)
  expect(actions).toHaveLength(1024 * 15 * N * A)
  // About 2 ms on an idle core; the bound only catches a slow path (Ajv takes far longer).
  expect(performance.now() - begin).toBeLessThan(100)
})

const context = (plan: 'sequential' | 'joint' | 'progressive', agents = 2, sequentialSteps = 4) => ({
  plan,
  agents: ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, agents),
  sequentialSteps,
  seed: 3,
})

test.each([
  ['sequential', undefined, [1, 1, 0, 0]],
  ['sequential', 'descending', [1, 1, 0, 0]],
  ['sequential', 'ascending', [0, 0, 1, 1]],
  ['sequential', ['a', 'b'], [0, 0, 1, 1]],
  ['sequential', [1, 0, 0, 1], [1, 0, 0, 1]],
  ['sequential', ['b', 0, 'a', 1], [1, 0, 0, 1]],
  ['progressive', undefined, [1, 0]],
  ['progressive', 'ascending', [0, 1]],
  ['progressive', ['b', 'a'], [1, 0]],
  ['joint', undefined, []],
] as const)('%s with order %j shows %j', (plan, order, expected) => {
  expect(resolveOrder(order, context(plan))).toEqual(expected)
})

test('six agents with K = 6 are shown once each', () => {
  expect(resolveOrder(undefined, context('sequential', 6, 6))).toEqual([5, 4, 3, 2, 1, 0])
})

test('a random order is a permutation drawn from the seed', () => {
  const draw = (seed: number) => resolveOrder('random', { ...context('progressive', 6, 6), seed })
  expect([...draw(3)].sort()).toEqual([0, 1, 2, 3, 4, 5])
  expect(draw(3)).toEqual(draw(3))
  expect(new Set([1, 2, 3, 4, 5].map((seed) => draw(seed).join())).size).toBeGreaterThan(1)
})

test.each([
  ['sequential', [0, 0], 'invalid_request', 1, 2],
  ['sequential', [0, 0, 0, 1], 'invalid_request', 2, 3],
  ['sequential', [0, 1, 0], 'invalid_request', [2, 4], 3],
  ['progressive', [0, 1, 0, 1], 'invalid_request', [2], 4],
  ['progressive', ['a', 'a'], 'invalid_request', 1, 2],
  ['progressive', [0, 2], 'unknown_agent', ['a', 'b'], 2],
  ['progressive', [0, 0.5], 'unknown_agent', ['a', 'b'], 0.5],
  ['progressive', [0, null], 'unknown_agent', ['a', 'b'], null],
  ['progressive', 'sideways', 'invalid_request', expect.anything(), 'sideways'],
  ['progressive', 5, 'invalid_request', expect.anything(), 5],
  ['progressive', null, 'invalid_request', expect.anything(), null],
  ['joint', [0, 1], 'invalid_request', 'nothing', [2]],
] as const)('%s refuses the order %j', (plan, order, code, expected, given) => {
  expect(() => resolveOrder(order, context(plan))).toThrow(
    expect.objectContaining({ code, details: expect.objectContaining({ expected, given }) }),
  )
})
