// Episodes that a policy plays: which actions it gives, and that they are a function of seed, place and policy.
import { describe, expect, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import type { Episode } from '../../../src/episodes/replay/episode.ts'
import type { ActingPolicy } from '../../../src/episodes/sources/actions.ts'
import { VectorSource } from '../../../src/episodes/sources/vector-source.ts'
import { AGENTS, row } from '../../runs/synthetic-env.ts'
import { syntheticTask } from './synthetic-task.ts'
import { syntheticVectorEnv } from './synthetic-vector-env.ts'

const SEED = 3
const STD = 0.25
/** 3 to 12 steps, ending either way. */
const endingOf = (seed: number) => ({ length: 3 + (seed % 10), fails: seed % 3 === 0 })

/** Acts in proportion to what an agent sees first, and to its id. */
const meanOf = (gain: number, seen: ArrayLike<number>): number =>
  Math.fround(gain * seen[0]! + 0.1 * seen[3]!)
const policyOf = (gain: number): ActingPolicy => ({
  act: async (observations, copies) => {
    expect(observations.length).toBe(copies * 2 * 4)
    const mean = Float32Array.from({ length: copies * 2 }, (_, i) => meanOf(gain, row(observations, i, 4)))
    return { mean, std: new Float32Array(copies * 2).fill(STD) }
  },
})
const [slow, fast] = [policyOf(0.1), policyOf(0.3)]

function sourceOf(copies: number, { apart = false } = {}) {
  const env = () => syntheticVectorEnv({ copies, autoreset: 'disabled', endingOf })
  const played = env()
  const given: number[][] = []
  const [step, reset] = [played.step, played.reset]
  const resets = { count: 0 }
  played.step = (actions) => {
    given.push(AGENTS.flatMap((name) => [...(actions[name] as Float32Array)]))
    return step(actions)
  }
  played.reset = (options) => {
    if (!options?.mask) resets.count++
    return reset(options)
  }
  const origin = { kind: 'environment' } as const
  const source = new VectorSource({ spec: syntheticTask }, origin, played, { seed: SEED, policyStd: 0.5 })
  if (apart) source.playIn(async () => env())
  return { source, given, resets }
}

async function collect(
  source: VectorSource,
  from: number,
  to: number,
  policy?: ActingPolicy,
): Promise<Episode[]> {
  const episodes: Episode[] = []
  while (from + episodes.length < to)
    episodes.push(...(await source.collect(from + episodes.length, 1, policy)))
  return episodes
}

describe('collecting with a policy', () => {
  test('an episode is a function of seed, number and policy, whatever the number of copies', async () => {
    const expected = await collect(sourceOf(1).source, 0, 6, slow)
    expect(new Set(expected.map(({ length }) => length)).size).toBeGreaterThan(2)
    expect(await collect(sourceOf(3).source, 0, 6, slow)).toEqual(expected)
    expect(await collect(sourceOf(1).source, 4, 6, slow)).toEqual(expected.slice(4))
    const others = await collect(sourceOf(1).source, 0, 6, fast)
    for (const [i, { states, actions }] of others.entries()) {
      expect(row(states, 0, 3)).toEqual(row(expected[i]!.states, 0, 3)) // the same start
      expect(actions).not.toEqual(expected[i]!.actions)
    }
  })

  test("actions are drawn around the mean of what each agent sees, with the policy's deviation", async () => {
    const episodes = await collect(sourceOf(1).source, 0, 3, slow)
    for (const [i, { length, observations, actions }] of episodes.entries()) {
      const rng = new Rng(SEED, 'collect', i)
      rng.uint32() // the seed of the reset
      const expected = Array.from({ length: length * 2 }, (_, place) =>
        Math.fround(meanOf(0.1, row(observations, place, 4)) + STD * rng.normal()),
      )
      expect([...actions]).toEqual(expected)
    }
  })

  test('recorded actions are those that the environment was given', async () => {
    const { source, given } = sourceOf(1)
    const episodes = await collect(source, 0, 3, slow)
    expect(given.flat()).toEqual(episodes.flatMap(({ actions }) => [...actions]))
  })

  test('a new policy plays whole episodes: what an older one has begun is forgotten', async () => {
    const { source, resets } = sourceOf(3) // episodes 1 and 2 have begun while 0 was played
    await collect(source, 0, 1, slow)
    const next = await collect(source, 1, 4, fast)
    expect(next).toEqual(await collect(sourceOf(1).source, 1, 4, fast))
    expect(resets.count).toBe(2)
  })

  test('the same policy goes on without beginning afresh', async () => {
    const { source, resets } = sourceOf(3)
    await collect(source, 0, 6, slow)
    expect(resets.count).toBe(1)
  })

  test('without a policy the random one plays, before and after', async () => {
    const random = await collect(sourceOf(1).source, 0, 3)
    const { source } = sourceOf(1)
    expect(await collect(source, 0, 1)).toEqual(random.slice(0, 1))
    await collect(source, 1, 2, slow)
    expect(await collect(source, 2, 3)).toEqual(random.slice(2))
  })
})

describe.each([
  ['in copies of its own', true],
  ['where it collects', false],
])('playing %s', (_, apart) => {
  const open = () => sourceOf(2, { apart })

  test('with mean actions gives what the policy means, and the same again', async () => {
    const { source } = open()
    const first = await source.play(slow, 'mean', 4, 7)
    expect(first.length).toBe(4)
    for (const { length, observations, actions } of first)
      expect([...actions]).toEqual(
        Array.from({ length: length * 2 }, (_, place) => meanOf(0.1, row(observations, place, 4))),
      )
    expect(await source.play(slow, 'mean', 4, 7)).toEqual(first)
    expect(await open().source.play(slow, 'mean', 4, 7)).toEqual(first)
  })

  test('starts in the same states for the same seed, whoever plays; in others for another', async () => {
    const { source } = open()
    const startsOf = async (policy: ActingPolicy, mode: 'mean' | 'sample', seed: number) =>
      (await source.play(policy, mode, 4, seed)).map(({ states }) => row(states, 0, 3))
    const starts = await startsOf(slow, 'mean', 7)
    expect(await startsOf(fast, 'mean', 7)).toEqual(starts)
    expect(await startsOf(slow, 'sample', 7)).toEqual(starts)
    expect(await startsOf(slow, 'mean', 8)).not.toEqual(starts)
    const collected = await collect(source, 0, 4, slow)
    expect(collected.map(({ states }) => row(states, 0, 3))).not.toEqual(starts)
  })

  test('does not disturb what is collected', async () => {
    const expected = await collect(open().source, 0, 6, slow)
    const { source } = open()
    const episodes = await collect(source, 0, 1, slow)
    await source.play(fast, 'mean', 3, 7)
    episodes.push(...(await collect(source, 1, 3, slow)))
    await source.play(slow, 'sample', 1, 8)
    episodes.push(...(await collect(source, 3, 6, slow)))
    expect(episodes).toEqual(expected)
  })
})

test('copies of its own are opened once and closed with the source', async () => {
  const closed: string[] = []
  const env = (name: string) =>
    syntheticVectorEnv({ copies: 1, autoreset: 'disabled', endingOf, onClose: () => closed.push(name) })
  const origin = { kind: 'environment' } as const
  const source = new VectorSource({ spec: syntheticTask }, origin, env('collects'), {
    seed: SEED,
    policyStd: 0.5,
  })
  let opened = 0
  source.playIn(async () => env(`plays ${++opened}`))
  await source.play(slow, 'mean', 1, 1)
  await source.play(slow, 'mean', 1, 2)
  expect(opened).toBe(1)
  await source.close()
  expect(closed.sort()).toEqual(['collects', 'plays 1'])
})
