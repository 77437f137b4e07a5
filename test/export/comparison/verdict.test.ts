import { expect, test } from 'vitest'
import type { Performance } from '../../../src/export/comparison/performance.ts'
import { judge, type Side } from '../../../src/export/comparison/verdict.ts'
import type { Manifest } from '../../../src/registry/manifest.ts'
import { manifest } from '../../registry/fixture.ts'

const rows = (value: number) => Array(20).fill(value)

function side(change: Partial<Performance> = {}, facts: Partial<Manifest> = {}): Side {
  const performance = {
    byDefault: 'joint',
    stateErrors: { joint: rows(2), sequential: rows(4), progressive: rows(2) },
    rewardErrors: rows(0.5),
    falseEnds: rows(0),
    falseEndsFromRest: rows(0),
    missedEnds: rows(0.1),
    ...change,
  }
  return { performance, manifest: manifest('tiny', '1', facts) }
}

const states = (joint: number[], sequential = rows(4)) => ({
  stateErrors: { joint, sequential, progressive: rows(2) },
})

/** What keeps the label. */
const worse = (current: Side, next: Side) =>
  judge(current, next)
    .filter(({ verdict, decisive }) => verdict === 'worse' && decisive)
    .map(({ measure }) => measure)

test('a version is not worse than itself', () => {
  expect(judge(side(), side()).map(({ verdict }) => verdict)).toEqual(Array(7).fill('equal'))
})

test.each<[string, Partial<Performance>]>([
  ['state error, joint (default)', states(rows(2.2))],
  ['reward error', { rewardErrors: rows(0.6) }],
  ['false ends', { falseEnds: rows(0.47) }],
  ['false ends from rest', { falseEndsFromRest: rows(0.47) }],
  ['missed ends', { missedEnds: rows(1) }],
])('%s alone keeps a label, and none the other way', (measure, change) => {
  expect(worse(side(), side(change))).toEqual([measure])
  expect(worse(side(change), side())).toEqual([])
})

test('small differences count as equal, and so do those that the draw of the rows explains', () => {
  expect(worse(side(), side(states(rows(2.09))))).toEqual([])
  expect(worse(side(), side({ falseEnds: rows(0.015) }))).toEqual([])
  const oneBad = rows(2).with(7, 20) // the mean is 45 % higher, by one segment of twenty
  expect(worse(side(), side(states(oneBad)))).toEqual([])
  expect(judge(side(), side(states(rows(2.09))), 0.01)[0]!.verdict).toBe('worse')
})

test('each goes by its own default plan; others are shown only', () => {
  expect(worse(side(), side(states(rows(2), rows(9))))).toEqual([])
  const sequential = side({ byDefault: 'sequential' })
  expect(worse(side(), sequential)).toEqual(['state error, joint against sequential (default)'])
})

function withPolicy(mean: number, std: number): Side {
  const { graphs, scores } = manifest('tiny', '1')
  const returns = { episodes: 10, mean, std, min: mean, max: mean }
  const policy = {
    meanActions: returns,
    sampledActions: returns,
    imaginedReward: 1,
    realReward: 1,
    rewardRelativeError: 0,
  }
  return side({}, { graphs: { ...graphs, policy: graphs.decode! }, scores: { ...scores, policy } })
}

test('a return lower than the recorded spread, or no policy at all, keeps a label', () => {
  expect(worse(withPolicy(3800, 50), withPolicy(3750, 50))).toEqual([])
  expect(worse(withPolicy(3800, 50), withPolicy(3700, 50))).toEqual(['return of the policy'])
  expect(worse(withPolicy(3800, 50), side())).toEqual(['policies'])
  expect(worse(side(), withPolicy(-10, 1))).toEqual([])
})
