// The bundle's policy in the loop: what it is shown, what is made of its answer, and that a trajectory stays a function
// of model, start, given actions and seed.
import { beforeAll, describe, expect, test } from 'vitest'
import { tensor } from '../../../../src/common/tensors.ts'
import { departuresOf, statesBefore } from '../../../../src/worlds/departure.ts'
import type { PlanRequest } from '../../../../src/worlds/dima/serve/plan.ts'
import { rolloutStreams, rowKeys } from '../../../../src/worlds/noise.ts'
import type { Rollout, Trajectories } from '../../../../src/worlds/rollout.ts'
import {
  fakeSimulator,
  type OpenTiny,
  openTiny,
  type RolloutOptions,
  rolloutOf,
  specOf,
  type TinyModel,
  tinyModel,
} from '../../../inference/fixture.ts'

const everyone = { agents: [true, true], mode: 'mean' as const }
const sampled = { agents: [true, true], mode: 'sample' as const }

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length)
  const gaps = Array.from(actual, (x, i) => Math.abs(x - expected[i]!) / Math.max(1, Math.abs(expected[i]!)))
  expect(Math.max(...gaps)).toBeLessThan(1e-5)
}

describe('on fake graphs', () => {
  const spec = specOf({ S: 1, N: 2, A: 2, O: 1, H: 4, L: 3 })

  /** Agents observe the normalised state; the state imagined by a step is 0.1, 0.2, ... in x units. */
  function simulatorOf(mean: (seen: number, agent: number) => number, std = 0) {
    let calls = 0
    const fill = (count: number, value: (row: number, agent: number) => number) =>
      tensor(
        [count, 2, 2],
        Float32Array.from({ length: count * 4 }, (_, i) => value(i >> 2, (i >> 1) % 2)),
      )
    return fakeSimulator(spec, {
      denoise: ({ noisy }) => {
        const step = Math.floor(calls++ / 2) + 1
        return {
          denoised: tensor(
            [...noisy!.shape],
            noisy!.data.map(() => 0.1 * step),
          ),
        }
      },
      decode: ({ states }) => {
        const count = states!.shape[0]!
        return {
          observations: tensor(
            [count, 2, 1],
            Float32Array.from({ length: count * 2 }, (_, i) => states!.data[i >> 1]!),
          ),
        }
      },
      policy: ({ observations }) => {
        const count = observations!.shape[0]!
        return {
          mean: fill(count, (row, agent) => mean(observations!.data[row * 2 + agent]!, agent)),
          std: fill(count, () => std),
        }
      },
    })
  }

  const rollout = (change: Partial<Rollout>): Rollout => {
    const plain = rolloutOf(spec, { batch: 1, horizon: 3 })
    plain.states.set([9, 9, 0.25])
    return { ...plain, ...change }
  }

  test('it is shown the last start state, then every imagined state', async () => {
    const { simulator, callsOf } = simulatorOf(() => 0)
    await simulator.rollout(rollout({ policy: everyone }))
    const seen = callsOf('policy').map(({ observations }) => [...observations!.data])
    const sigma = spec.sampling.sigmaData
    expect(callsOf('policy')[0]!.observations!.shape).toEqual([1, 2, 1])
    expectNear(seen.flat(), [0.25, 0.25, 0.1 / sigma, 0.1 / sigma, 0.2 / sigma, 0.2 / sigma])
  })

  test('its actions are what the denoiser and the reward model get, and what comes back', async () => {
    const { simulator, callsOf } = simulatorOf((seen, agent) => seen + 0.1 * agent)
    const { actions } = await simulator.rollout(rollout({ policy: everyone }))
    expectNear(actions!, [0.25, 0.25, 0.35, 0.35, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.5, 0.5])
    expect([...callsOf('reward')[0]!.actions!.data]).toEqual([...actions!, 0, 0, 0, 0])
    const last = callsOf('embed').at(-1)!.actions!
    expect([last.shape, [...last.data]]).toEqual([
      [2, 3, 2, 2],
      [...actions!, ...actions!],
    ]) // one row is doubled
  })

  test('the first steps are embedded after the past actions, and padding stays zero', async () => {
    const { simulator, callsOf } = simulatorOf(() => 0.5)
    const request = rollout({ policy: everyone })
    request.windows.fill(2)
    await simulator.rollout(request)
    const past = [...request.pastActions.slice(4)]
    const embedded = [0, 0, 0, 0, ...past, 0.5, 0.5, 0.5, 0.5]
    expect([...callsOf('embed')[0]!.actions!.data]).toEqual([...embedded, ...embedded]) // one row is doubled
  })

  test('agents it does not act for take the given actions', async () => {
    const { simulator } = simulatorOf(() => 0.5)
    const request = rollout({ policy: { agents: [false, true], mode: 'mean' } })
    const { actions } = await simulator.rollout(request)
    expect([...actions!]).toEqual([...request.actions].map((own, i) => (i % 4 < 2 ? own : 0.5)))
  })

  test.each([
    [3, 1],
    [-3, -1],
  ])('an action of %d is cut to the bound %d; a given one is left alone', async (wanted, bound) => {
    const { simulator } = simulatorOf(() => wanted)
    const request = rollout({ policy: { agents: [true, false], mode: 'mean' } })
    request.actions.fill(7)
    const { actions } = await simulator.rollout(request)
    expect([...actions!.slice(0, 4)]).toEqual([bound, bound, 7, 7])
  })

  test('entries without an actuator stay zero', async () => {
    const { simulator } = simulatorOf(() => 0.5)
    const agents = [spec.agents[0]!, { ...spec.agents[1]!, actuators: ['hip'] }]
    Object.assign(simulator, { spec: { ...spec, agents } })
    const { actions } = await simulator.rollout(rollout({ policy: everyone }))
    expect([...actions!.slice(0, 4)]).toEqual([0.5, 0.5, 0.5, 0])
  })

  test('a choice is made of its probabilities, and a learner is told its log-probability', async () => {
    const { simulator } = simulatorOf((_, agent) => (agent ? 0.5 : 0.25), 0.2)
    const agents = [
      { ...spec.agents[0]!, choices: [2] },
      { ...spec.agents[1]!, choices: [1] },
    ]
    Object.assign(simulator, { spec: { ...spec, agents } })
    const policy = { ...sampled, learning: true }
    const picked = new Set<string>()
    for (let seed = 0; seed < 4; seed++) {
      const { actions, drawn } = await simulator.rollout(rollout({ policy, seed }))
      for (let t = 0; t < 3; t++) {
        const [a, b, number, sure] = actions!.subarray(4 * t, 4 * t + 4)
        expect([a! + b!, a! * b!, sure]).toEqual([1, 0, 1])
        picked.add(`${a}`)
        const z = (number! - 0.5) / 0.2
        const density = -(z * z) / 2 - Math.log(0.2 * Math.sqrt(2 * Math.PI))
        const logs = drawn!.logProbabilities.subarray(2 * t, 2 * t + 2)
        expectNear(logs, [Math.log(0.25), density + Math.log(0.5)])
      }
    }
    expect([...picked].toSorted()).toEqual(['0', '1'])
  })

  test('sampling adds the spread times noise of seed, start and step', async () => {
    const { simulator } = simulatorOf(() => 0.1, 0.2)
    const request = rollout({ policy: sampled, seed: 5 })
    const { actions } = await simulator.rollout(request)
    const keys = rowKeys(request, spec.context)
    const streams = rolloutStreams(request, keys)
    const noise = [0, 1, 2].flatMap((t) => [...streams.normals(4, [t, 'policy'])])
    expectNear(
      actions!,
      noise.map((x) => Math.min(1, Math.max(-1, 0.1 + 0.2 * x))),
    )
    expect(new Set(noise).size).toBe(12)
  })

  test('its noise is not that of the states', () => {
    const streams = rolloutStreams({ batch: 1, seed: 1 }, Uint32Array.of(1))
    expect(streams.normals(4, [0, 'policy'])).not.toEqual(streams.normals(4, [0]))
  })

  test('without a policy graph it is refused, and open loop gives no actions back', async () => {
    const { simulator } = fakeSimulator(spec)
    await expect(simulator.rollout(rollout({ policy: everyone }))).rejects.toMatchObject({
      code: 'no_policy',
    })
    expect((await simulator.rollout(rollout({}))).actions).toBeUndefined()
  })
})

describe('on real graphs', () => {
  let model: TinyModel
  let simulator: OpenTiny
  beforeAll(async () => {
    model = tinyModel({ policy: true })
    simulator = await openTiny(model)
    return () => simulator.close()
  })

  const imagine = (options: RolloutOptions) => simulator.rollout(rolloutOf(model.spec, options))
  const rowOf = (all: Trajectories, batch: number, row: number) =>
    (['states', 'observations', 'rewards', 'terminationProbabilities', 'actions'] as const).flatMap(
      (name) => {
        const width = all[name]!.length / batch
        return [...all[name]!.subarray(row * width, (row + 1) * width)]
      },
    )

  const plans: PlanRequest[] = [
    { name: 'joint', order: [] },
    { name: 'sequential', order: [1, 0] },
    { name: 'progressive', order: [0, 1] },
  ]

  test.each(plans)('equals the open loop of the actions it took: $name', async (plan) => {
    for (const policy of [everyone, sampled, { agents: [true, false], mode: 'sample' as const }]) {
      const closed = await imagine({ batch: 3, plan, policy })
      const open = await simulator.rollout({
        ...rolloutOf(model.spec, { batch: 3, plan }),
        actions: closed.actions!,
      })
      for (const name of [
        'states',
        'observations',
        'rewards',
        'terminationProbabilities',
        'lengths',
      ] as const)
        expectNear(closed[name], open[name])
    }
  })

  test('it reacts: other observations, other actions, some of them at the bounds and none past them', async () => {
    const { actions } = await imagine({ batch: 4, policy: everyone })
    const joint = Array.from({ length: 60 }, (_, i) => String(actions!.slice(i * 6, i * 6 + 6)))
    expect(new Set(joint).size).toBeGreaterThan(2)
    expect(actions!.every((a) => Math.abs(a) <= 1)).toBe(true)
    expect(actions!.some((a) => Math.abs(a) === 1)).toBe(true)
    expect(actions!.some((a) => Math.abs(a) < 0.9)).toBe(true)
  })

  test('the same seed gives the same bytes, another seed other actions; the mean is without chance', async () => {
    const taken = async (seed: number, policy: Rollout['policy']) =>
      (await imagine({ batch: 2, seed, horizon: 1, ...(policy ? { policy } : {}) })).actions!
    expect(await taken(1, sampled)).toEqual(await taken(1, sampled))
    expect(await taken(2, sampled)).not.toEqual(await taken(1, sampled))
    expect(await taken(2, everyone)).toEqual(await taken(1, everyone))
  })

  test('a row does not depend on the others', async () => {
    const keys = [4, 8, 15, 16, 23, 42]
    const among = await imagine({ keys, policy: sampled })
    for (const [row, key] of keys.entries()) {
      const alone = await imagine({ keys: [key], policy: sampled })
      expectNear(rowOf(among, keys.length, row), rowOf(alone, 1, 0))
    }
  })

  test('how far actions are from it is what their log-densities say', async () => {
    const rollout = rolloutOf(model.spec, { batch: 3, policy: { ...sampled, learning: true } })
    const closed = await simulator.rollout(rollout)
    const leanings = await simulator.lean(statesBefore(model.spec, rollout, closed))
    const far = departuresOf(model.spec, leanings, closed.actions!)
    const A = model.spec.action.dimension
    for (const [i, log] of closed.drawn!.logProbabilities.entries()) {
      const std = leanings.std.subarray(i * A, (i + 1) * A)
      const found = std.reduce((sum, one) => sum - Math.log(one * Math.sqrt(2 * Math.PI)), -far[i]! / 2)
      expect(found).toBeCloseTo(log, 3)
    }
    expect(Math.max(...far)).toBeGreaterThan(1)
  })

  test('a shorter horizon is a prefix', async () => {
    const [long, short] = [
      await imagine({ horizon: 9, policy: sampled }),
      await imagine({ horizon: 4, policy: sampled }),
    ]
    expectNear(short.actions!, long.actions!.subarray(0, short.actions!.length))
    expectNear(short.states, long.states.subarray(0, short.states.length))
  })

  test('samples act differently, each the same wherever it stands', async () => {
    const three = await imagine({ keys: [7, 7, 7], samples: [0, 1, 2], policy: sampled })
    const second = await imagine({ keys: [7], samples: [1], policy: sampled })
    expectNear(rowOf(three, 3, 1), rowOf(second, 1, 0))
    expect(rowOf(three, 3, 1)).not.toEqual(rowOf(three, 3, 2))
    expectNear(rowOf(three, 3, 0), rowOf(await imagine({ keys: [7], policy: sampled }), 1, 0))
  })
})
