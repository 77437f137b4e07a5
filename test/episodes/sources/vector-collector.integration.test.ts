// Episodes of many copies equal those that one copy plays one after the other.
import { describe, expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { makeEnv } from '../../../src/env/make-env.ts'
import type { AutoresetMode, VectorEnv } from '../../../src/env/vector/vector-env.ts'
import { collectEpisode, gaussianPolicy } from '../../../src/episodes/replay/collect.ts'
import { type Episode, packEpisode } from '../../../src/episodes/replay/episode.ts'
import { openEnvironment } from '../../../src/episodes/sources/environment-source.ts'
import { RandomActions } from '../../../src/episodes/sources/random-actions.ts'
import { EpisodeRecorder } from '../../../src/episodes/sources/recorder.ts'
import { VectorCollector } from '../../../src/episodes/sources/vector-collector.ts'
import { AGENTS, row, syntheticEnv } from '../../runs/synthetic-env.ts'
import { type SyntheticOptions, syntheticVectorEnv } from './synthetic-vector-env.ts'

const [SEED, STD] = [3, 0.5]
const options = { seed: SEED, purpose: 'collect' as const }

/** 3 to 12 steps, ending either way. */
const endingOf = (seed: number) => ({ length: 3 + (seed % 10), fails: seed % 3 === 0 })
const rngOf = (index: number) => new Rng(SEED, 'collect', index)
const seedOf = (index: number) => rngOf(index).uint32()

const one = syntheticEnv(endingOf)
const sequential = (index: number) => collectEpisode(one, gaussianPolicy(one, STD), SEED, 'collect', index)
const expected = Array.from({ length: 20 }, (_, i) => sequential(i))

const vector = (given: Partial<SyntheticOptions> = {}) =>
  syntheticVectorEnv({ copies: 3, autoreset: 'disabled', endingOf, seedOf, ...given })

/** By the random policy. */
const collectorOf = (env: VectorEnv) => new VectorCollector(env, options, new RandomActions(env, STD))

async function collect(env: VectorEnv, count: number, first = 0): Promise<Episode[]> {
  const collector = collectorOf(env)
  const episodes: Episode[] = []
  while (episodes.length < count) episodes.push(...(await collector.take(first + episodes.length, 1)))
  return episodes
}

test('the expected episodes differ in length and end either way', () => {
  expect(new Set(expected.map(({ length }) => length)).size).toBeGreaterThan(5)
  expect(new Set(expected.map(({ terminated }) => terminated)).size).toBe(2)
})

describe.each([1, 2, 3, 7])('%d copies', (copies) => {
  test.each<AutoresetMode>(['disabled', 'next_step', 'same_step'])('under %s', async (autoreset) => {
    expect(await collect(vector({ copies, autoreset }), 20)).toEqual(expected)
  })

  test('under next_step_acted the step across the boundary is dropped', async () => {
    const episodes = await collect(vector({ copies, autoreset: 'next_step_acted' }), 20)
    expect(episodes).toEqual(expected.map((episode, i) => (i < copies ? episode : afterOneAction(i))))
  })
})

/** The episode that begins with what is seen after an action that was chosen before it. */
function afterOneAction(index: number): Episode {
  const rng = rngOf(index)
  const policy = gaussianPolicy(one, STD)
  const { observations } = one.reset({ seed: rng.uint32() })
  let result = one.step(policy(observations, new Rng(SEED, 'collect', 'between', index)))
  const sight = () => ({
    state: one.state(),
    observations: AGENTS.map((agent) => result.observations[agent]!),
  })
  const recorder = new EpisodeRecorder(sight())
  while (one.agents.length > 0) {
    const actions = policy(result.observations, rng)
    result = one.step(actions)
    const reward = (result.rewards.agent_0! + result.rewards.agent_1!) / 2
    recorder.step(
      AGENTS.map((agent) => actions[agent]!),
      reward,
      sight(),
    )
  }
  return recorder.finish(result.terminations.agent_0!, result.truncations.agent_0!)
}

test('an episode that is over in the very step that resets is none', async () => {
  const ending = (seed: number) => ({ length: seed === seedOf(3) ? 1 : 4, fails: false })
  const episodes = await collect(vector({ autoreset: 'next_step_acted', endingOf: ending }), 5)
  expect(episodes.map(({ length }) => length)).toEqual([4, 4, 4, 3, 3])
})

describe('where copies can only be reset together', () => {
  test('the first end cuts the others, as a time limit does', async () => {
    const episodes = await collect(vector({ subsetReset: false }), 9)
    for (const start of [0, 3, 6]) {
      const round = [0, 1, 2].map((i) => start + i)
      const length = Math.min(...round.map((i) => expected[i]!.length))
      for (const i of round) {
        const whole = expected[i]!
        const cut = whole.length > length
        expect(episodes[i]).toMatchObject({
          length,
          states: whole.states.subarray(0, 3 * (length + 1)),
          observations: whole.observations.subarray(0, 8 * length),
          terminated: !cut && whole.terminated,
          truncated: cut || whole.truncated,
        })
      }
    }
  })
})

describe('what is handed out', () => {
  test('is in the order of the beginnings, and no more than is wanted', async () => {
    const collector = collectorOf(vector({ copies: 7 }))
    const [a, b, c] = expected.map(({ length }) => length) as [number, number, number]
    const episodes = await collector.take(0, 1)
    while (episodes.length < 3) episodes.push(...(await collector.take(episodes.length, 1)))
    expect(episodes).toEqual(expected.slice(0, 3))
    expect([a, b, c].every((length) => length > 1)).toBe(true)
    const steps = expected[3]!.length + 1
    const more = await collector.take(3, steps)
    expect(more.length).toBeLessThanOrEqual(2)
    expect(more).toEqual(expected.slice(3, 3 + more.length))
  })

  test('goes on from any episode', async () => {
    expect(await collect(vector(), 5, 11)).toEqual(expected.slice(11, 16))
  })

  test('outlives the arrays that the environment uses again', async () => {
    const env = vector()
    const step = env.step
    let last: Float64Array | undefined
    env.step = async (actions) => {
      last?.fill(Number.NaN)
      const result = await step(actions)
      last = result.states
      return result
    }
    expect(await collect(env, 6)).toEqual(expected.slice(0, 6))
  })
})

describe('a failure in the middle of an episode', () => {
  test('is passed on, and the unfinished episodes are forgotten', async () => {
    const env = vector({ failsAt: 4 })
    const collector = collectorOf(env)
    await expect(collector.take(0, 100)).rejects.toMatchObject({ code: 'bridge_lost' })
    expect(await collector.take(0, 1)).toEqual(expected.slice(0, 1))
  })

  test('an end without its last observations is refused', async () => {
    const env = vector({ autoreset: 'same_step' })
    const step = env.step
    env.step = async (actions) => {
      const { final: _, ...result } = await step(actions)
      return result
    }
    await expect(collect(env, 1)).rejects.toMatchObject({ code: 'contract_broken' })
  })
})

test('actions are as wide as their space, around its middle', async () => {
  const [wide] = await collect(vector({ copies: 1, bounds: [2, 8] }), 1)
  expect([...wide!.actions.subarray(0, 4)]).toEqual(
    row(expected[0]!.actions, 0, 4).map((x) => expect.closeTo(5 + 3 * x, 5)),
  )
})

/** Compares faster than arrays of thousands of numbers. */
const bytesOf = (episodes: Episode[]) => episodes.map((episode) => packEpisode(episode).toString('base64'))

describe('HalfCheetah-2x3', () => {
  const play = (envs: number, steps: number) =>
    openEnvironment('HalfCheetah-2x3', { seed: 5, policyStd: 0.3655, envs, steps })

  test('gives the same episodes with any number of copies and threads, to the last bit', async () => {
    const env = await makeEnv('HalfCheetah-2x3')
    const policy = gaussianPolicy(env, 0.3655)
    const alone = bytesOf([0, 1].map((i) => collectEpisode(env, policy, 5, 'collect', i)))
    const held = bytesOf([collectEpisode(env, policy, 6, 'held-out', 0)])
    env.close()
    for (const [envs, steps] of [
      [1, 1],
      [3, 1],
      [2, 200_000],
    ] as const) {
      const source = await play(envs, steps)
      const episodes = [...(await source.collect(0, 1)), ...(await source.collect(1, 1))]
      expect(bytesOf(episodes)).toEqual(alone)
      expect(bytesOf(await source.heldOut(1, 6))).toEqual(held)
      expect(bytesOf(await source.collect(1, 1))).toEqual(alone.slice(1))
      await source.close()
    }
  })
})
