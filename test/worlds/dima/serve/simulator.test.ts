// What the simulator asks of each graph, and what it makes of the answers. Fake graphs with easy numbers: the state
// imagined by call c of the denoiser is c + 1 in every entry, in x units.
import { describe, expect, test } from 'vitest'
import { type Tensor, tensor } from '../../../../src/common/tensors.ts'
import type { Rollout } from '../../../../src/worlds/rollout.ts'
import { type Call, fakeSimulator, rolloutOf, specOf } from '../../../inference/fixture.ts'

const spec = specOf({ S: 1, N: 2, A: 1, H: 4, L: 3 })
spec.normalisation = { mean: [10], std: [2] }
const scale = (raw: number) => (0.5 * (raw - 10)) / 2
const raw = (x: number) => (x / 0.5) * 2 + 10

/** Denoised states count up with every call, so that each step's result is known: 2, 4, 6, ... with two levels. */
function counting(given: Parameters<typeof fakeSimulator>[1] = {}) {
  let calls = 0
  return fakeSimulator(spec, {
    denoise: ({ noisy }) => {
      calls++
      return { denoised: tensor([...noisy!.shape], new Float32Array(noisy!.data.length).fill(calls)) }
    },
    ...given,
  })
}

/** Starts 11, 12, 13 after the actions (1, 2), (3, 4); then (5, 6), (7, 8), ... */
function easyRollout({ horizon = 3, length = 3 } = {}): Rollout {
  const rollout = rolloutOf(spec, { horizon })
  rollout.states.set([11, 12, 13].fill(99, 0, 3 - length))
  rollout.pastActions.set([1, 2, 3, 4].fill(99, 0, 2 * (3 - length)))
  rollout.actions.set(Array.from({ length: 2 * horizon }, (_, i) => i + 5))
  rollout.windows.fill(length)
  return rollout
}

const row = ({ data, shape }: Tensor, i: number) => {
  const width = data.length / shape[0]!
  return [...data.subarray(i * width, (i + 1) * width)]
}
const perStep = (calls: Call['inputs'][], name: string) =>
  calls.filter((_, i) => i % 2 === 0).map((inputs) => [...inputs[name]!.data])

describe('the denoiser', () => {
  test.each([
    [3, [scale(11), scale(12), scale(13)]],
    [2, [0, scale(12), scale(13)]],
    [1, [0, 0, scale(13)]],
  ])('sees the last three states at every step, from a window of length %i', async (length, start) => {
    const { simulator, callsOf } = counting()
    await simulator.rollout(easyRollout({ length }))
    const [, b, c] = start
    expect(perStep(callsOf('denoise'), 'context')).toEqual([start, [b, c, 2], [c, 2, 4]])
  })

  test('sees the same states at both levels of a step', async () => {
    const { simulator, callsOf } = counting()
    await simulator.rollout(easyRollout())
    const contexts = callsOf('denoise').map(({ context }) => [...context!.data])
    expect(contexts[1]).toEqual(contexts[0])
    expect(contexts[3]).toEqual(contexts[2])
  })

  test('gets the embedding of its own step and row', async () => {
    const { simulator, callsOf } = fakeSimulator(spec, {
      // The embedding is the current joint action.
      embed: ({ actions }) => {
        const count = actions!.shape[0]!
        return {
          embedding: tensor(
            [count, 2],
            flatten(count, (i) => row(actions!, i).slice(-2)),
          ),
        }
      },
    })
    const rollout = rolloutOf(spec, { batch: 3, horizon: 4 })
    await simulator.rollout(rollout)
    for (const [i, { embedding }] of callsOf('denoise').entries()) {
      const t = Math.floor(i / 2)
      const expected = [0, 1, 2].flatMap((b) => [
        ...rollout.actions.slice((b * 4 + t) * 2, (b * 4 + t + 1) * 2),
      ])
      expect([...embedding!.data]).toEqual(expected)
    }
  })
})

const flatten = (count: number, item: (i: number) => number[]) =>
  Float32Array.from(Array.from({ length: count }, (_, i) => item(i)).flat())

describe('the action encoder', () => {
  test.each([
    [3, [1, 2, 3, 4]],
    [2, [0, 0, 3, 4]],
    [1, [0, 0, 0, 0]],
  ])('sees two past joint actions and the current one, from a window of length %i', async (length, past) => {
    const { simulator, callsOf } = counting()
    await simulator.rollout(easyRollout({ length }))
    const [{ actions }] = callsOf('embed') as [Call['inputs']]
    expect([0, 1, 2].map((t) => row(actions!, t))).toEqual([
      [...past, 5, 6],
      [past[2], past[3], 5, 6, 7, 8],
      [5, 6, 7, 8, 9, 10],
    ])
  })

  test.each([
    ['joint', [], [[1, 1]]],
    [
      'sequential',
      [1, 0],
      [
        [0, 1],
        [1, 0],
      ],
    ],
    [
      'sequential',
      [1, 0, 0, 1],
      [
        [0, 1],
        [1, 0],
      ],
    ],
    [
      'progressive',
      [1, 0],
      [
        [0, 1],
        [1, 1],
      ],
    ],
  ] as const)(
    '%s %j: runs once for each visible set, all steps and rows at once',
    async (name, order, sets) => {
      const { simulator, callsOf } = fakeSimulator(spec)
      await simulator.rollout(rolloutOf(spec, { batch: 5, plan: { name, order: [...order] } }))
      const calls = callsOf('embed')
      expect(calls.map(({ actions }) => actions!.shape[0])).toEqual(sets.map(() => 5 * 4))
      for (const [i, { mask }] of calls.entries())
        for (let r = 0; r < 20; r++) expect(row(mask!, r)).toEqual([1, 1, 1, 1, ...sets[i]!])
    },
  )

  test('a big batch is embedded in several calls that together have every row once, in order', async () => {
    const { simulator, callsOf } = fakeSimulator(spec)
    const rollout = rolloutOf(spec, { batch: 150, horizon: 4 })
    await simulator.rollout(rollout)
    const current = callsOf('embed').flatMap(({ actions }) =>
      Array.from({ length: actions!.shape[0]! }, (_, r) => row(actions!, r).slice(-2)),
    )
    const expected = [0, 1, 2, 3].flatMap((t) =>
      Array.from({ length: 150 }, (_, b) => [...rollout.actions.slice((b * 4 + t) * 2, (b * 4 + t + 1) * 2)]),
    )
    expect(callsOf('embed').length).toBeGreaterThan(1)
    expect(current).toEqual(expected)
  })
})

describe('the reward model', () => {
  test('gets the state before each action, unscaled, and is padded to the horizon', async () => {
    const { simulator, callsOf } = counting()
    await simulator.rollout(easyRollout())
    const [{ states, actions }] = callsOf('reward') as [Call['inputs']]
    expect([...states!.data]).toEqual([(13 - 10) / 2, 2 / 0.5, 4 / 0.5, 0]) // s_0, s_1, s_2 and padding
    expect([...actions!.data]).toEqual([5, 6, 7, 8, 9, 10, 0, 0])
    expect(callsOf('reward')).toHaveLength(1)
  })

  test('is asked for rewards of states that are known as it is of imagined ones', async () => {
    const { simulator, callsOf } = fakeSimulator(spec, {
      reward: () => ({
        rewards: tensor([1, 4], Float32Array.of(0, 1, 2, 99)),
        termination_probabilities: tensor([1, 4]),
      }),
    })
    const states = Float64Array.of(12, 14, 16)
    const actions = Float32Array.of(1, 2, 3, 4, 5, 6)
    expect([...(await simulator.rewards({ batch: 1, horizon: 3, states, actions }))]).toEqual([0, 1, 2])
    expect([...callsOf('reward')[0]!.states!.data]).toEqual([1, 2, 3, 0])
    expect([...callsOf('reward')[0]!.actions!.data]).toEqual([1, 2, 3, 4, 5, 6, 0, 0])
  })

  test('its answers beyond the rollout are dropped', async () => {
    const { simulator } = fakeSimulator(spec, {
      reward: () => ({
        rewards: tensor([2, 4], Float32Array.of(1, 2, 3, 99, 5, 6, 7, 99)),
        termination_probabilities: tensor([2, 4], Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1)),
      }),
    })
    const result = await simulator.rollout(rolloutOf(spec, { batch: 2, horizon: 3 }))
    expect([...result.rewards]).toEqual([1, 2, 3, 5, 6, 7])
    expect([...result.terminationProbabilities]).toEqual([0, 0, 0, 0, 0, 0])
    expect([...result.terminations]).toEqual([0, 0, 0, 0, 0, 0])
    expect([...result.lengths]).toEqual([3, 3])
  })

  test('episodes end where the probability is one and never where it is zero', async () => {
    const { simulator } = fakeSimulator(spec, {
      reward: () => ({
        rewards: tensor([3, 4]),
        termination_probabilities: tensor([3, 4], Float32Array.of(0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0)),
      }),
    })
    const { terminations, lengths } = await simulator.rollout(rolloutOf(spec, { batch: 3 }))
    expect([...terminations]).toEqual([0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0])
    expect([...lengths]).toEqual([4, 2, 1])
  })

  test('a probability between is how often episodes end', async () => {
    const { simulator } = fakeSimulator(spec, {
      reward: ({ states }) => ({
        rewards: tensor([states!.shape[0]!, 4]),
        termination_probabilities: tensor([states!.shape[0]!, 4], new Float32Array(4000).fill(0.2)),
      }),
    })
    const { terminations } = await simulator.rollout(rolloutOf(spec, { batch: 1000 }))
    const share = terminations.reduce((sum, end) => sum + end, 0) / 4000
    expect(Math.abs(share - 0.2)).toBeLessThan(0.032) // five standard errors
  })
})

describe('results', () => {
  test('states are the imagined ones in units of the environment', async () => {
    const { simulator } = counting()
    const { states } = await simulator.rollout(easyRollout())
    expect([...states]).toEqual([raw(2), raw(4), raw(6)])
  })

  test('observations are decoded from the imagined, normalised states in one call', async () => {
    const { simulator, callsOf } = counting({
      decode: ({ states }) => ({
        observations: tensor(
          [states!.shape[0]!, 2, 3],
          flatten(states!.shape[0]!, (i) => Array(6).fill(states!.data[i])),
        ),
      }),
    })
    const { observations } = await simulator.rollout(easyRollout())
    expect(callsOf('decode')).toHaveLength(1)
    expect([...callsOf('decode')[0]!.states!.data]).toEqual([2 / 0.5, 4 / 0.5, 6 / 0.5])
    expect([...observations]).toEqual([4, 8, 12].flatMap((value) => Array(6).fill(value)))
  })
})
