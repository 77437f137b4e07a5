// Which episodes are played otherwise than by sampling the policy, and how each agent acts in them.

import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../../../src/common/config.ts'
import { Rng } from '../../../../src/common/rng.ts'
import { explorationFields } from '../../../../src/episodes/sources/exploration/fields.ts'
import { mannersOf, type Played, playedAs } from '../../../../src/episodes/sources/exploration/played.ts'

const defaults = parseConfig(Type.Object(explorationFields), {})
const KINDS = ['random', 'noisy', 'held', 'mixed', 'mean'] as const
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed)

const countsOf = (played: readonly Played[]) => (kind: Played) => played.filter((one) => one === kind).length
const of = (share: number, seed: number, from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => playedAs({ ...defaults, share }, seed, from + i))

describe('how an episode is played', () => {
  test.each([0.15, 0.3, 1])('has its shares in the long run: %s', (share) => {
    const count = countsOf(of(share, 7, 0, 2000))
    expect(count('sampled') / 2000).toBeCloseTo(1 - share, 2)
    for (const kind of KINDS) expect(count(kind) / 2000).toBeCloseTo(share * defaults[kind], 2)
  })

  test('has them in a short run, too, whatever its seed', () => {
    const explored = SEEDS.map((seed) => 45 - countsOf(of(0.15, seed, 5, 50))('sampled'))
    expect(Math.min(...explored)).toBeGreaterThanOrEqual(6)
    expect(Math.max(...explored)).toBeLessThanOrEqual(8)
    for (const kind of KINDS) {
      const counts = SEEDS.map((seed) => countsOf(of(0.15, seed, 5, 50))(kind))
      expect(Math.max(...counts)).toBeLessThanOrEqual(3)
      expect(counts.filter((count) => count > 0).length).toBeGreaterThan(0.6 * SEEDS.length)
    }
  })

  test('differs from seed to seed', () => {
    expect(new Set(SEEDS.map((seed) => of(0.3, seed, 0, 20).join())).size).toBeGreaterThan(20)
  })

  test('is sampled with a share of 0, and where every kind has the part 0', () => {
    expect(new Set(of(0, 1, 0, 500))).toEqual(new Set(['sampled']))
    const none = Object.fromEntries(KINDS.map((kind) => [kind, 0]))
    expect(playedAs({ ...defaults, ...none, share: 1 }, 1, 3)).toBe('sampled')
  })

  test('is never of a kind without a part', () => {
    const shares = { ...defaults, share: 1, noisy: 0, mean: 0 }
    const played = SEEDS.map((index) => playedAs(shares, 3, index))
    expect(new Set(played)).toEqual(new Set(['random', 'held', 'mixed']))
  })
})

describe('the agents', () => {
  const manners = (played: Played, place = 0) => mannersOf(played, 3, defaults, new Rng('manners', place))

  test.each<[Played, object]>([
    ['sampled', { of: 'policy', noise: 1 }],
    ['mean', { of: 'policy', noise: 0 }],
    ['random', { of: 'random' }],
    ['held', { of: 'held' }],
  ])('act alike where it is %s', (played, manner) =>
    expect(manners(played)).toEqual([manner, manner, manner]),
  )

  test('share one factor where it is noisy, from a quarter to twice the deviation, as often below 1/√2 as above', () => {
    const factors = Array.from({ length: 400 }, (_, i) => {
      const own = manners('noisy', i).map((manner) => (manner as { noise: number }).noise)
      expect(new Set(own).size).toBe(1)
      return own[0]!
    })
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.25)
    expect(Math.max(...factors)).toBeLessThanOrEqual(2)
    const below = factors.filter((factor) => factor < Math.SQRT1_2).length
    expect(below / 400).toBeCloseTo(0.5, 1)
  })

  test('are the policy but for one where it is mixed: each of them, Gaussian and held', () => {
    const drawn = Array.from({ length: 200 }, (_, i) => manners('mixed', i))
    for (const own of drawn) expect(own.filter((manner) => manner.of === 'policy').length).toBe(2)
    const others = drawn.map((own) => own.map((manner) => manner.of).join())
    expect(new Set(others).size).toBe(3 * 2)
  })
})
