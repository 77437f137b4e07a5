// Episodes that go on from one batch to the next, against episodes that one copy plays by itself.
import { describe, expect, test } from 'vitest'
import { record } from '../../../src/algorithms/play/recording.ts'
import { RunningCopies } from '../../../src/algorithms/play/running-copies.ts'
import { Rng } from '../../../src/common/rng.ts'
import type { AutoresetMode } from '../../../src/env/vector/vector-env.ts'
import { type SyntheticOptions, syntheticVectorEnv } from '../../episodes/sources/synthetic-vector-env.ts'
import { nextState, observationOf, rewardOf, row, sizes, syntheticEnv } from '../../runs/synthetic-env.ts'

const SEED = 3
const { state: S, observation: O, agents: N } = sizes
/** 3 to 12 steps, ending either way. */
const endingOf = (seed: number) => ({ length: 3 + (seed % 10), fails: seed % 3 === 0 })
const seedOf = (index: number) => new Rng(SEED, 'collect', index).uint32()

const open = (given: Partial<SyntheticOptions> = {}) =>
  new RunningCopies(
    syntheticVectorEnv({ copies: 3, autoreset: 'disabled', endingOf, seedOf, ...given }),
    SEED,
  )

/** Means that follow from the observation, narrow Gaussians. */
const policy = {
  act: async (observations: Float32Array) => {
    const mean = Float32Array.from({ length: observations.length / O }, (_, i) =>
      Math.tanh(observations[i * O]! - observations[i * O + 1]!),
    )
    return { mean, std: mean.map(() => 0.125) }
  },
}

const play = (copies: RunningCopies, steps: number, batch = 0) =>
  record(copies, policy, steps, sizes, new Rng(SEED, 'actions', batch))

describe.each<AutoresetMode>(['disabled', 'same_step'])('under %s', (autoreset) => {
  test('every step is one of the environment, up to the state that its episode ends in', async () => {
    const played = (await play(open({ autoreset }), 40))!
    const { copies: E, states, observations, actions, rewards, ends } = played
    expect(ends.length).toBeGreaterThan(8)
    const endAt = new Map(ends.map((end) => [end.row, end]))
    for (let i = 0; i < 40 * E; i++) {
      const [before, joint] = [row(states, i, S), row(actions, i, N)]
      expect(rewards[i]).toBeCloseTo(rewardOf(before, joint), 3)
      for (const n of [0, 1]) expect(row(observations, i * N + n, O)).toEqual(observationOf(before, n))
      const after = [...(endAt.get(i)?.state ?? row(states, i + E, S))]
      expect(after).toEqual(nextState(before, joint))
    }
  })

  test('ends say how, after how many steps and with what return', async () => {
    const { copies: E, rewards, ends } = (await play(open({ autoreset }), 40))!
    const begun = Array.from({ length: E }, (_, e) => ({ seed: seedOf(e), from: 0 }))
    let next = E
    for (const { row: last, copy, terminated, length, episodeReturn } of ends) {
      const { seed, from } = begun[copy]!
      const t = Math.floor(last / E)
      expect([terminated, length]).toEqual([endingOf(seed).fails, endingOf(seed).length])
      expect(t).toBe(from + length - 1)
      const own = Array.from({ length }, (_, i) => rewards[(from + i) * E + copy]!)
      expect(episodeReturn).toBeCloseTo(
        own.reduce((a, b) => a + b, 0),
        2,
      )
      begun[copy] = { seed: seedOf(next++), from: t + 1 }
    }
  })

  test('two batches are one that was cut in two', async () => {
    const [whole, parts] = [open({ autoreset }), open({ autoreset })]
    const rng = new Rng(1)
    const all = (await record(whole, policy, 20, sizes, new Rng(1)))!
    const first = (await record(parts, policy, 9, sizes, rng))!
    const second = (await record(parts, policy, 11, sizes, rng))!
    expect([...first.rewards, ...second.rewards]).toEqual([...all.rewards])
    expect([...second.states]).toEqual([...all.states.slice(-second.states.length)])
    expect([...first.ends, ...second.ends].map(({ episodeReturn }) => episodeReturn)).toEqual(
      all.ends.map(({ episodeReturn }) => episodeReturn),
    )
  })
})

test('copies that can only be reset together end together, as by a time limit', async () => {
  const { ends, copies } = (await play(open({ subsetReset: false }), 20))!
  for (let i = 0; i < ends.length; i += copies) {
    const together = ends.slice(i, i + copies)
    expect(new Set(together.map((end) => Math.floor(end.row / copies))).size).toBe(1)
    expect(together.map(({ copy }) => copy)).toEqual([0, 1, 2])
  }
  expect(ends.some(({ terminated }) => !terminated)).toBe(true)
})

test.each<AutoresetMode>(['next_step', 'next_step_acted'])('%s is refused by name', (autoreset) => {
  expect(() => open({ autoreset })).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(autoreset) }),
  )
})

test('a stop leaves the batch', async () => {
  const stop = new AbortController()
  stop.abort()
  expect(await record(open(), policy, 5, sizes, new Rng(1), stop.signal)).toBeUndefined()
})

describe('episodes in progress', () => {
  test.each([0, 1, 4, 17])(
    'after %d steps go on in other copies as if they had not been cut off',
    async (steps) => {
      const [kept, cut] = [open(), open()]
      for (const copies of [kept, cut]) if (steps > 0) await play(copies, steps)
      const restored = open()
      await restored.restore(structuredClone(cut.state))
      const [expected, found] = [await play(kept, 25, 1), await play(restored, 25, 1)]
      expect(found).toEqual(expected)
      expect(restored.state).toEqual(kept.state)
    },
  )

  test('are forgotten by a restart, and the next ones begin', async () => {
    const copies = open()
    await play(copies, 2)
    copies.restart()
    const { states } = (await play(copies, 1))!
    const environment = syntheticEnv()
    for (const e of [0, 1, 2]) {
      environment.reset({ seed: seedOf(3 + e) })
      expect(row(states, e, S)).toEqual([...environment.state()])
    }
  })
})
