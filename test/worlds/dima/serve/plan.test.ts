import { describe, expect, test } from 'vitest'
import type { PlanRequest } from '../../../../src/worlds/dima/serve/plan.ts'
import { expandPlan, noiseLevels, sequentialSteps } from '../../../../src/worlds/dima/serve/plan.ts'
import { SAMPLING } from '../../../inference/fixture.ts'

const visible = (plan: PlanRequest, agents: number, steps = sequentialSteps(agents)) =>
  expandPlan(plan, agents, { ...SAMPLING, sequentialSteps: steps }).map((level) => level.visible)

describe('noise levels', () => {
  test.each([
    [3, [5, 0.2831, 0.002, 0]],
    [4, [5, 0.8447, 0.07744, 0.002, 0]],
    [6, [5, 1.8176, 0.5567, 0.1339, 0.02233, 0.002, 0]],
  ])('are the published ones for K = %i', (steps, expected) => {
    const levels = noiseLevels(steps, SAMPLING)
    expect(levels).toHaveLength(expected.length)
    for (const [i, level] of levels.entries())
      expect(Math.abs(level - expected[i]!)).toBeLessThanOrEqual(2e-4 * expected[i]!)
  })

  test('a single level is the highest', () => {
    expect(noiseLevels(1, SAMPLING)).toEqual([expect.closeTo(5, 10), 0])
  })

  test('each level of a plan leads to the next and the last to zero', () => {
    const levels = expandPlan({ name: 'sequential', order: [1, 0] }, 2, SAMPLING)
    expect(levels.map(({ next }) => next)).toEqual([...levels.slice(1).map(({ sigma }) => sigma), 0])
  })
})

describe('visible agents', () => {
  test('K is twice the agents for one or two, else their number', () => {
    expect([1, 2, 3, 6].map(sequentialSteps)).toEqual([2, 4, 3, 6])
  })

  test.each([
    [2, [1, 0], [[1], [1], [0], [0]]],
    [2, [1, 0, 0, 1], [[1], [0], [0], [1]]],
    [3, [2, 0, 1], [[2], [0], [1]]],
    [6, [5, 4, 3, 2, 1, 0], [[5], [4], [3], [2], [1], [0]]],
  ])('sequential shows one of %i agents at a time in the order %j', (agents, order, expected) => {
    expect(visible({ name: 'sequential', order }, agents)).toEqual(expected)
  })

  test.each([
    [2, [1, 0], [[1], [1], [0, 1], [0, 1]]],
    [3, [2, 0, 1], [[2], [0, 2], [0, 1, 2]]],
    [6, [3, 1, 5, 0, 2, 4], [[3], [1, 3], [1, 3, 5], [0, 1, 3, 5], [0, 1, 2, 3, 5], [0, 1, 2, 3, 4, 5]]],
  ])('progressive reveals %i agents in the order %j and keeps them visible', (agents, order, expected) => {
    expect(visible({ name: 'progressive', order }, agents)).toEqual(expected)
  })

  test.each([2, 3, 6])('joint shows all of %i agents at two levels', (agents) => {
    const everyone = Array.from({ length: agents }, (_, i) => i)
    expect(visible({ name: 'joint', order: [] }, agents)).toEqual([everyone, everyone])
  })

  test.each([
    [[0, 1, 2], 4],
    [[0, 1, 0, 1, 0], 4],
    [[], 4],
  ])('an order that does not divide the steps is refused: %j', (order, steps) => {
    const attempt = () => visible({ name: 'sequential', order }, 2, steps)
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})
