// Which sets there are, and who plays them.
import { describe, expect, test } from 'vitest'
import type { ActingPolicy } from '../../../src/episodes/sources/actions.ts'
import type { EpisodeSource } from '../../../src/episodes/sources/source.ts'
import { namedSets, playSet, type SetName } from '../../../src/evaluation/sets/names.ts'

const refusal = (given: string) =>
  expect.objectContaining({ code: 'invalid_config', details: { field: 'sets', given } })

describe('the sets that are named', () => {
  test('are all of them unless some are, the random one alone without a policy', () => {
    expect(namedSets('', true)).toEqual(['random', 'sampled', 'mean'])
    expect(namedSets('', false)).toEqual(['random'])
    expect(namedSets('mean, random', true)).toEqual(['random', 'mean'])
  })

  test('are refused by name where nobody knows them, or nobody can play them', () => {
    expect(() => namedSets('random,late', true)).toThrow(refusal('late'))
    expect(() => namedSets('random,mean', false)).toThrow(refusal('mean'))
  })
})

describe('a set', () => {
  const policy = {} as ActingPolicy
  /** What a source is asked for. */
  async function askedFor(name: SetName) {
    const asked: unknown[] = []
    const source = {
      heldOut: async (...given: unknown[]) => asked.push(['heldOut', ...given]),
      play: async (by: ActingPolicy, ...given: unknown[]) => {
        expect(by).toBe(policy)
        asked.push(['play', ...given])
      },
    } as unknown as EpisodeSource
    await playSet(name, { source, policy }, 5, 9)
    return asked
  }

  test.each<[SetName, unknown[]]>([
    ['random', ['heldOut', 5, 9]],
    ['sampled', ['play', 'sample', 5, 9]],
    ['mean', ['play', 'mean', 5, 9]],
  ])('%s is played so', async (name, asked) => expect(await askedFor(name)).toEqual([asked]))

  test('can not be played in recorded episodes', () => {
    const source = { spec: { name: 'rows' }, heldOut: async () => [] } as unknown as EpisodeSource
    expect(() => playSet('random', { source }, 1, 1)).toThrow(refusal('random'))
  })
})
