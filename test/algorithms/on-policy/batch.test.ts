import { expect, test } from 'vitest'
import { batchOf } from '../../../src/algorithms/on-policy/batch.ts'
import { criticInputs } from '../../../src/algorithms/play/critic-inputs.ts'
import type { Recording } from '../../../src/algorithms/play/recording.ts'
import { ValueNormaliser } from '../../../src/algorithms/policy/value-normaliser.ts'

const [T, E, S] = [2, 2, 3]
const widths = { agents: 1, state: S, observation: 1, action: 1 }
const options = { gamma: 0.5, lambda: 0.5, advantageEpsilon: 0 }

// States whose standardised form is a permutation of the same three numbers: the critic of the test reads off which.
const [LOW, MIDDLE, HIGH] = [
  [0, 1, 2],
  [1, 0, 2],
  [2, 1, 0],
]
const unit = Math.sqrt(1.5)
/** -1, 0 or 1, by a state's first entry. */
const valuesOf = async (inputs: Float32Array) =>
  Float32Array.from({ length: inputs.length / S }, (_, i) => Math.round(inputs[i * S]! / unit))

/** Copy 0 is cut by its time limit in a high state after the first step and begins again in a low one; copy 1 goes on. */
const recording: Recording = {
  steps: T,
  copies: E,
  states: Float64Array.from([MIDDLE, LOW, LOW, HIGH, HIGH, MIDDLE].flat() as number[]),
  observations: Float32Array.of(1, 2, 3, 4),
  shown: Float32Array.of(5, 6),
  actions: Float32Array.of(5, 6, 7, 8),
  logProbabilities: Float32Array.of(-1, -2, -3, -4),
  rewards: Float32Array.of(1, 2, 4, 8),
  agentRewards: Float32Array.of(1, 2, 4, 8),
  ends: [
    {
      row: 0,
      copy: 0,
      terminated: false,
      state: Float64Array.from(HIGH!),
      observations: Float32Array.of(7),
      episodeReturn: 1,
      length: 1,
    },
  ],
}

test('every step is valued by the state that came of it, in the units of the reward', async () => {
  const normaliser = new ValueNormaliser()
  normaliser.restore({ mean: 10, square: 104, weight: 1 }) // returns of mean 10 and deviation 2
  const { values, returns, inputs, advantages } = await batchOf(
    recording,
    widths,
    valuesOf,
    normaliser,
    options,
  )
  // Values: s_0 10 and 8, s_1 8 and 12, s_2 12 and 10; copy 0's episode ended in 12.
  const delta = [1 + 6 - 10, 2 + 6 - 8, 4 + 6 - 8, 8 + 5 - 12]
  const expected = [delta[0]!, delta[1]! + delta[3]! / 4, delta[2]!, delta[3]!]
  expect([...values]).toEqual([0, -1, -1, 1])
  expect([...returns]).toEqual([10 + expected[0]!, 8 + expected[1]!, 8 + expected[2]!, 12 + expected[3]!])
  expect([...inputs]).toEqual([...criticInputs(recording.states.subarray(0, T * E * S), S)])
  const mean = expected.reduce((a, b) => a + b, 0) / 4
  const std = Math.sqrt(expected.reduce((sum, a) => sum + (a - mean) ** 2, 0) / 4)
  for (const [i, advantage] of advantages.entries())
    expect(advantage).toBeCloseTo((expected[i]! - mean) / std, 5)
})

test('a failure has no value', async () => {
  const failed = { ...recording, ends: [{ ...recording.ends[0]!, terminated: true }] }
  const { returns } = await batchOf(failed, widths, valuesOf, new ValueNormaliser(), options)
  expect(returns[0]).toBe(1)
})

test('what was played goes in as it was', async () => {
  const batch = await batchOf(recording, widths, valuesOf, new ValueNormaliser(), options)
  expect(batch).toMatchObject({ samples: 4, agents: 1 })
  expect([batch.observations, batch.actions, batch.logProbabilities]).toEqual([
    recording.observations,
    recording.actions,
    recording.logProbabilities,
  ])
})

test('agents apart have rewards, values and advantages of their own', async () => {
  const two = { ...widths, agents: 2 }
  const agentRewards = Float32Array.of(1, 3, 2, 2, 4, 4, 9, 7) // [T, E, N]
  /** Of agent 1 one more than of agent 0. */
  const valuesOfEach = async (inputs: Float32Array) =>
    Float32Array.from({ length: inputs.length / (S + 2) }, (_, i) => {
      const [first, , , zero, one] = inputs.subarray(i * (S + 2), (i + 1) * (S + 2))
      expect(zero! + one!).toBe(1)
      return Math.round(first! / unit) + one!
    })
  const played = { ...recording, agentRewards }
  const none = new ValueNormaliser()
  const batch = await batchOf(played, two, valuesOfEach, none, { ...options, apart: true })
  expect([...batch.values]).toEqual([0, 1, -1, 0, -1, 0, 1, 2])
  expect([batch.samples, batch.advantages.length, batch.inputs.length]).toEqual([4, 8, 8 * (S + 2)])
  // Each agent alone gives the same, with its values.
  for (const n of [0, 1]) {
    const own = { ...recording, rewards: agentRewards.filter((_, i) => i % 2 === n) }
    const valued = async (inputs: Float32Array) => (await valuesOf(inputs)).map((value) => value + n)
    const alone = await batchOf(own, widths, valued, none, options)
    expect([...batch.returns.filter((_, i) => i % 2 === n)]).toEqual([...alone.returns])
  }
})
