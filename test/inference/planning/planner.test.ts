// Plans on a linear world with quadratic cost, whose best is known, and whose every rollout is exact.
import { describe, expect, test } from 'vitest'
import { DimaError } from '../../../src/common/errors.ts'
import { METHODS, type MethodName } from '../../../src/inference/planning/methods.ts'
import { type Plan, plan } from '../../../src/inference/planning/planner.ts'
import type { PlanProblem } from '../../../src/inference/planning/problem.ts'
import { costOf, type Search } from '../../../src/inference/planning/search.ts'
import type { Runner } from '../../../src/inference/runner.ts'
import { leastCost, linearRunner, type Options, problemOf } from './linear-runner.ts'

const searchOf = (method: MethodName, change: Partial<Search> = {}): Search => {
  const { population, iterations, elites, beta } = METHODS[method]
  return { method, population, iterations, elites, beta, coordinate: 'together', prior: 0, ...change }
}

const planned = (problem: PlanProblem, search: Search, options: Options = {}): Promise<Plan> =>
  plan(linearRunner(options).runner, problem, search)

/** Few enough numbers to come close in a second: 18. */
const short = (change: Partial<PlanProblem> = {}) =>
  problemOf({
    horizon: 6,
    others: { by: 'given', actions: new Float32Array(18) },
    constraints: { low: new Float32Array(3).fill(-2.5), high: new Float32Array(3).fill(2.5) },
    ...change,
  })
const OPTIMUM = -leastCost([1, -1, 0.5], 6)

describe.each([
  ['icem', { population: 400, iterations: 20, elites: 40, beta: 0 }],
  ['cem', { iterations: 15 }],
  ['mppi', { iterations: 20 }],
] as const)('%s', (method, change) => {
  test("comes within 1 % of Riccati's optimum", async () => {
    const { worth } = await planned(short(), searchOf(method, change))
    expect(worth!.expected).toBeLessThanOrEqual(OPTIMUM + 1e-4)
    expect(worth!.expected).toBeGreaterThan(1.01 * OPTIMUM) // both are negative
  })

  test('is a function of problem and seed', async () => {
    const search = searchOf(method)
    const [one, same, other] = [
      await planned(problemOf(), search),
      await planned(problemOf(), search),
      await planned(problemOf({ seed: 2 }), search),
    ]
    expect({ ...same, took: 0 }).toEqual({ ...one, took: 0 })
    expect(other.actions).not.toEqual(one.actions)
    expect(one.stopped).toBe('done')
  })

  test('imagines no more than was foretold', async () => {
    const search = searchOf(method, { prior: 0.25 })
    const { runner, asked } = linearRunner({ policy: () => [0, 0, 0] })
    const { imaginedSteps } = await plan(runner, problemOf(), search)
    const foretold = costOf(problemOf(), search)
    expect(imaginedSteps).toBeLessThanOrEqual(foretold.steps)
    expect(imaginedSteps).toBeGreaterThan(0.9 * foretold.steps)
    expect(Math.max(...asked.map(({ batch }) => batch))).toBeLessThanOrEqual(foretold.rows)
  })
})

test('the population decays, but not below twice the elites', async () => {
  const { runner, asked } = linearRunner()
  await plan(runner, problemOf(), searchOf('icem', { population: 60, iterations: 6, elites: 10 }))
  expect(asked.map(({ batch }) => batch)).toEqual([60, 48, 38, 30, 24, 20, 8 * 8])
})

test('no candidate breaks a constraint, and the answer does not', async () => {
  const constraints = {
    low: Float32Array.of(-1, -0.3, 0.2),
    high: Float32Array.of(1, 0.3, 0.2), // the last is fixed
    maxChange: Float32Array.of(0.25, 0.1, 0.5),
    previous: Float32Array.of(0.9, 0, 0.2),
  }
  for (const method of ['icem', 'cem', 'mppi'] as const) {
    const { runner, asked } = linearRunner()
    const { actions } = await plan(runner, problemOf({ constraints }), searchOf(method))
    const all = [actions, ...asked.map((rollout) => rollout.actions)].flatMap((array) => [...array])
    const broken = all.filter((action, i) => {
      const d = i % 3
      const before = i % 30 < 3 ? constraints.previous[d]! : all[i - 3]!
      const change = Math.abs(action - before)
      return (
        action < constraints.low[d]! ||
        action > constraints.high[d]! ||
        change > constraints.maxChange[d]! + 1e-6
      )
    })
    expect(broken).toEqual([])
  }
})

test('agents that are not planned take what is given', async () => {
  const given = Float32Array.from({ length: 30 }, (_, i) => i / 30)
  const problem = problemOf({ planned: [true, false, false], others: { by: 'given', actions: given } })
  const { actions } = await planned(problem, searchOf('icem'))
  for (let i = 0; i < 30; i++) if (i % 3 > 0) expect(actions[i]).toBe(given[i])
  expect(actions.filter((_, i) => i % 3 === 0).some((action) => action !== 0)).toBe(true)
})

test('or what the policy does in each imagined state', async () => {
  const policy = (x: readonly number[]) => x.map((xi) => Math.fround(-0.5 * xi))
  const problem = problemOf({ planned: [false, true, true], others: { by: 'policy', mode: 'mean' } })
  const { actions, states } = await planned(problem, searchOf('icem'), { policy })
  for (let t = 1; t < 10; t++) expect(actions[t * 3]).toBeCloseTo(-0.5 * states![(t - 1) * 3]!, 6)
})

test('agents one after the other: each adds to what those before it chose', async () => {
  const search = searchOf('icem', { population: 200, iterations: 8 })
  const { runner, asked } = linearRunner()
  const { worth } = await plan(runner, short(), { ...search, coordinate: 'in_turn' })
  const alone = await planned(short({ planned: [true, false, false] }), search)
  expect(alone.worth!.expected).toBeLessThan(1.5 * OPTIMUM)
  expect(worth!.expected).toBeGreaterThan(0.7 * alone.worth!.expected)
  // while one moves the others hold what they chose
  const entriesOf = (rollout: number, agent: number) =>
    new Set(asked[rollout]!.actions.subarray(0, 100 * 18).filter((_, i) => i % 18 === agent))
  expect([0, 1, 2].map((agent) => entriesOf(0, agent).size > 90)).toEqual([true, false, false])
  expect([0, 1, 2].map((agent) => entriesOf(8, agent).size > 90)).toEqual([false, true, false])
})

test('what the policy does is tried and never beaten by luck', async () => {
  const policy = (x: readonly number[], mode: string, sample: number) =>
    x.map((xi, i) => -1.6 * xi + (mode === 'mean' ? 0 : 0.3 * Math.sin(sample + i)))
  const tiny = { population: 8, elites: 2, iterations: 1, prior: 0.25 }
  const { runner, asked } = linearRunner({ policy, noise: 3 })
  const found = await plan(runner, short(), searchOf('icem', tiny))
  const byPolicy = asked.filter(({ policy }) => policy?.agents.every(Boolean))
  expect(byPolicy.map(({ policy, batch }) => [policy!.mode, batch])).toEqual(
    expect.arrayContaining([
      ['mean', 1],
      ['sample', 1],
    ]),
  )
  const last = asked.at(-1)! // the noises that decide
  const rescored = await plan(
    linearRunner({ policy, noise: 3 }).runner,
    short(),
    searchOf('icem', { ...tiny, iterations: 0 }),
  )
  expect(last.batch % 8).toBe(0)
  expect(found.worth!.score).toBeGreaterThanOrEqual(rescored.worth!.score)
})

test('a plan goes on from the one before and is never worth less', async () => {
  const search = searchOf('icem', { population: 20, iterations: 1, elites: 5 })
  const good = await planned(problemOf(), searchOf('icem', { population: 400, iterations: 15, elites: 20 }))
  const warm = { mean: Float32Array.from(good.actions), elites: good.elites }
  const { worth } = await planned(problemOf(), { ...search, warm })
  const cold = await planned(problemOf(), search)
  expect(worth!.expected).toBeGreaterThanOrEqual(good.worth!.expected - 1e-4)
  expect(cold.worth!.expected).toBeLessThan(worth!.expected)
})

describe('a deadline', () => {
  const run = async (ms: number, within: number) => {
    const { runner, asked } = linearRunner({ ms })
    const began = performance.now()
    const found = await plan(runner, problemOf(), searchOf('icem', { iterations: 20 }), {
      deadline: began + within,
    })
    return { ...found, asked, spent: performance.now() - began }
  }

  test('ends the search with the best so far', async () => {
    const { stopped, worth, asked, spent, actions } = await run(30, 100)
    expect(stopped).toBe('deadline')
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.length).toBeLessThan(21)
    expect(worth).toBeDefined()
    expect(actions).toHaveLength(30)
    expect(spent).toBeLessThan(100 + 60) // an iteration more at most
  })

  test('is answered where the queue is too long to be done by then, and is refused without one', async () => {
    const full = () => Promise.reject(new DimaError('overloaded', 'too much work is waiting'))
    const runner = { rollout: full } as unknown as Runner
    const asked = (deadline?: number) => plan(runner, short(), searchOf('icem'), deadline ? { deadline } : {})
    expect(await asked(performance.now() + 1000)).toMatchObject({ stopped: 'deadline', worth: undefined })
    await expect(asked()).rejects.toMatchObject({ code: 'overloaded' })
  })

  test('that has passed is answered with what there was before', async () => {
    const { stopped, worth, asked, actions } = await run(0, -1)
    expect({ stopped, worth, asked: asked.length }).toEqual({
      stopped: 'deadline',
      worth: undefined,
      asked: 0,
    })
    expect([...actions]).toEqual(Array(30).fill(0))
  })
})

describe('the objective', () => {
  const judged = async (objective: Partial<PlanProblem['objective']>, options: Options = {}) => {
    const problem = problemOf({ objective: { ...problemOf().objective, ...objective } })
    return (await planned(problem, searchOf('icem'), options)).worth!
  }

  test('discounts, and counts nothing past a certain end', async () => {
    const ends = (t: number) => (t === 2 ? 1 : 0)
    const value = () => 1000
    const { expected, terminal } = await judged({ discount: 0.9, terminal: 'value' }, { ends, value })
    expect(terminal).toBe(0)
    const short = problemOf({ horizon: 3, objective: { ...problemOf().objective, discount: 0.9 } })
    const best = await planned(short, searchOf('icem', { population: 300, iterations: 10 }))
    expect(expected).toBeLessThanOrEqual(best.worth!.expected + 0.05)
    expect(expected).toBeGreaterThan(1.2 * best.worth!.expected)
  })

  test('goes on with the value of the last state', async () => {
    const value = (x: readonly number[]) => 100 * x[0]!
    const { terminal } = await judged({ discount: 0.99, terminal: 'value' }, { value })
    expect(terminal).toBeGreaterThan(50) // it pushes the first mass away
  })

  test('takes off deviations, novelty and changes', async () => {
    const { score, expected, deviation, penalties } = await judged(
      { samples: 4, risk: 2, novelty: 0.5, smoothness: 0.1 },
      { noise: 1 },
    )
    expect(deviation).toBeGreaterThan(0)
    expect(penalties.risk).toBeCloseTo(2 * deviation, 9)
    expect(penalties.smoothness).toBeGreaterThan(0)
    expect(score).toBeCloseTo(expected - penalties.risk - penalties.novelty - penalties.smoothness, 9)
  })

  test('stays the nearer to the policy the more that counts', async () => {
    const policy = (x: readonly number[]) => x.map(() => 1.5)
    const near = await judged({ departure: 100 }, { policy })
    const free = await judged({ departure: 1e-6 }, { policy })
    expect(near.penalties.departure / 100).toBeLessThan(0.5 * (free.penalties.departure / 1e-6))
    expect(near.score).toBeCloseTo(near.expected - near.penalties.departure, 9)
    expect((await judged({}, { policy })).penalties.departure).toBe(0)
  })
})

test('where nothing stays finite it says so', async () => {
  await expect(planned(problemOf(), searchOf('icem'), { noise: Number.NaN })).rejects.toMatchObject({
    code: 'diverged',
  })
})

test.each(['icem', 'cem', 'mppi'] as const)(
  '%s chooses as the best of all sequences does',
  async (method) => {
    const [H, options] = [3, 3]
    const agents = [{ name: 'one', actuators: ['a', 'b', 'c'], choices: [options] }]
    const problem = problemOf({
      spec: { ...problemOf().spec, agents, action: { dimension: options, low: 0, high: 1, unit: '1' } },
      start: { states: Float64Array.of(-1, -2, -0.5), actions: new Float32Array() },
      horizon: H,
      planned: [true],
      others: { by: 'given', actions: new Float32Array(H * options) },
      constraints: { low: new Float32Array(options), high: new Float32Array(options).fill(1) },
    })
    const { actions, worth } = await planned(problem, searchOf(method))
    for (let t = 0; t < H; t++) expect([...actions.subarray(3 * t, 3 * t + 3)].toSorted()).toEqual([0, 0, 1])
    const all = Array.from({ length: options ** H }, (_, i) => [
      i % 3,
      Math.floor(i / 3) % 3,
      Math.floor(i / 9),
    ])
    const B = all.length
    const { runner } = linearRunner()
    const { rewards } = await runner.rollout('', {
      batch: B,
      horizon: H,
      states: Float64Array.from({ length: 3 * B }, (_, i) => problem.start.states[i % 3]!),
      windows: new Int32Array(B).fill(1),
      pastActions: new Float32Array(),
      actions: Float32Array.from(
        all.flatMap((picks) => picks.flatMap((pick) => [0, 1, 2].map((o) => Number(o === pick)))),
      ),
      seed: 1,
      choice: null,
    })
    const returns = all.map((_, row) => rewards.subarray(row * H, (row + 1) * H).reduce((a, b) => a + b, 0))
    expect(worth!.expected).toBeCloseTo(Math.max(...returns), 4)
  },
)
