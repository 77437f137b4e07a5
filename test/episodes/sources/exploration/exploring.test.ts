// Episodes of a source that explores: what each kind of them plays, and that nothing depends on how many copies do.
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../../../src/common/config.ts'
import { deviation, mean } from '../../../../src/common/statistics.ts'
import type { Episode } from '../../../../src/episodes/replay/episode.ts'
import type { ActingPolicy } from '../../../../src/episodes/sources/actions.ts'
import { type Exploration, explorationFields } from '../../../../src/episodes/sources/exploration/fields.ts'
import type { Played } from '../../../../src/episodes/sources/exploration/played.ts'
import { VectorSource } from '../../../../src/episodes/sources/vector-source.ts'
import { row } from '../../../runs/synthetic-env.ts'
import { syntheticTask } from '../synthetic-task.ts'
import { syntheticVectorEnv } from '../synthetic-vector-env.ts'

const [SEED, STD, RANDOM] = [3, 0.1, 0.5]
/** 20 to 28 steps, so that copies end at different times. */
const endingOf = (seed: number) => ({ length: 20 + (seed % 9), fails: seed % 3 === 0 })

/** Means of about 5 and 15, which nobody else plays. */
const meanOf = (id: number) => Math.fround(5 + 5 * id)
const policy: ActingPolicy = {
  act: async (observations, copies) => ({
    mean: Float32Array.from({ length: copies * 2 }, (_, i) => meanOf(observations[4 * i + 3]!)),
    std: new Float32Array(copies * 2).fill(STD),
  }),
}
const exploring = (change: Partial<Exploration>): Exploration => ({
  ...parseConfig(Type.Object(explorationFields), {}),
  ...change,
})
const only = (kind: keyof Exploration) =>
  exploring({ share: 1, random: 0, noisy: 0, held: 0, mixed: 0, mean: 0, [kind]: 1 })

async function collect(count: number, exploration?: Exploration, player?: ActingPolicy, copies = 1) {
  const env = syntheticVectorEnv({ copies, autoreset: 'disabled', endingOf })
  const origin = { kind: 'environment' } as const
  const source = new VectorSource({ spec: syntheticTask }, origin, env, { seed: SEED, policyStd: RANDOM })
  const episodes: Episode[] = []
  while (episodes.length < count)
    episodes.push(...(await source.collect(episodes.length, 1, player, exploration)))
  await source.close()
  return episodes.slice(0, count)
}

/** Of one agent, by step. */
const actionsOf = ({ actions, length }: Episode, agent: number) =>
  Array.from({ length }, (_, t) => row(actions, t, 2)[agent]!)
const all = (episodes: readonly Episode[], agent: number) => episodes.flatMap((one) => actionsOf(one, agent))

test('an episode and its kind are a function of seed and number, whatever the number of copies', async () => {
  const expected = await collect(30, exploring({ share: 0.7 }), policy)
  expect(new Set(expected.map(({ played }) => played)).size).toBe(6)
  expect(await collect(30, exploring({ share: 0.7 }), policy, 4)).toEqual(expected)
})

test('another share gives the same episodes where it gives the same kinds, also when it changes on the way', async () => {
  const env = syntheticVectorEnv({ copies: 4, autoreset: 'disabled', endingOf })
  const origin = { kind: 'environment' } as const
  const source = new VectorSource({ spec: syntheticTask }, origin, env, { seed: SEED, policyStd: RANDOM })
  const [first] = await source.collect(0, 1, policy, exploring({ share: 0.2 }))
  const later: Episode[] = []
  while (later.length < 8)
    later.push(...(await source.collect(1 + later.length, 1, policy, exploring({ share: 0.9 }))))
  expect(first).toEqual((await collect(1, exploring({ share: 0.2 }), policy))[0])
  expect(later.slice(0, 8)).toEqual((await collect(9, exploring({ share: 0.9 }), policy)).slice(1))
})

test.each([
  ['of the policy', policy],
  ['of the random policy', undefined],
])('sampled episodes are to the last bit those %s without exploration', async (_, player) => {
  const without = await collect(20, undefined, player)
  expect(without.every((episode) => !('played' in episode))).toBe(true)
  const explored = await collect(20, exploring({ share: 0.5, random: 0, mixed: 0 }), player)
  const sampled = explored.map(({ played }) => played === 'sampled')
  expect(sampled.filter(Boolean).length).toBeGreaterThan(5)
  for (const [i, { played, ...episode }] of explored.entries()) {
    if (sampled[i]) expect(episode).toEqual(without[i])
    else expect(episode.actions).not.toEqual(without[i]!.actions)
  }
})

describe('the kind', () => {
  const of = async (kind: Exclude<Played, 'sampled'>, player: ActingPolicy | undefined = policy) => {
    const episodes = await collect(12, only(kind), player)
    expect(new Set(episodes.map(({ played }) => played))).toEqual(new Set([kind]))
    return episodes
  }

  test('mean plays what the policy means', async () => {
    const episodes = await of('mean')
    expect(new Set(all(episodes, 0))).toEqual(new Set([meanOf(0)]))
    expect(new Set(all(episodes, 1))).toEqual(new Set([meanOf(2)])) // ids are 0 and 2: observations are doubled
  })

  test('random plays as the warm-up of a world model alone does', async () => {
    const without = await collect(12)
    expect((await of('random')).map(({ actions }) => actions)).toEqual(without.map(({ actions }) => actions))
  })

  test("noisy keeps the policy's means and has a deviation of its own in every episode", async () => {
    const episodes = await of('noisy')
    const factors = episodes.map((episode) => deviation(actionsOf(episode, 0)) / STD)
    expect(Math.min(...factors)).toBeLessThan(0.6)
    expect(Math.max(...factors)).toBeGreaterThan(1.2)
    expect(mean(all(episodes, 1))).toBeCloseTo(meanOf(2), 1)
  })

  test('held holds actions out of the whole of their bounds, each agent its own', async () => {
    const episodes = await of('held')
    for (const agent of [0, 1]) {
      const actions = all(episodes, agent)
      expect(actions.every((action) => action >= -1 && action <= 1)).toBe(true)
      expect(new Set(actions).size).toBeLessThan(actions.length / 3)
      expect(new Set(actions).size).toBeGreaterThan(episodes.length)
      expect(deviation([...new Set(actions)])).toBeGreaterThan(0.4)
    }
    expect(all(episodes, 0)).not.toEqual(all(episodes, 1))
    const firsts = episodes.map((episode) => actionsOf(episode, 0)[0])
    expect(new Set(firsts).size).toBe(episodes.length) // nothing is held across episodes
  })

  test('mixed has one agent at random, and the other sampled from the policy', async () => {
    const episodes = await of('mixed')
    const byPolicy = (episode: Episode, agent: number) => mean(actionsOf(episode, agent)) > 2
    for (const episode of episodes) expect([0, 1].filter((agent) => byPolicy(episode, agent)).length).toBe(1)
    expect(new Set(episodes.map((episode) => byPolicy(episode, 0))).size).toBe(2)
    const sampled = episodes.flatMap((episode) => (byPolicy(episode, 1) ? actionsOf(episode, 1) : []))
    expect(deviation(sampled)).toBeCloseTo(STD, 1)
    expect(deviation(sampled)).toBeGreaterThan(0.05)
  })

  test('mean of the random policy rests in the middle', async () => {
    const episodes = await collect(4, only('mean'))
    expect(new Set(all(episodes, 0))).toEqual(new Set([0]))
  })
})
