import { expect, test } from 'vitest'
import type { DimaModel } from '../../../src/algorithms/dima/trained-model.ts'
import { explainMisses, findingsTable } from '../../../src/evaluation/reproduce/findings-table.ts'
import { missed, parseChecks, reproduce } from '../../../src/evaluation/reproduce/reproduce.ts'
import { isReference, type Subject } from '../../../src/evaluation/reproduce/subject.ts'
import { configOf } from '../../runs/fixture.ts'
import { erring, subjectOf } from './fixture.ts'

const numbersOf = (text: string) => parseChecks(text).map(({ number }) => number)

test('names checks by their numbers; none means all', () => {
  expect([numbersOf(''), numbersOf('10, 8'), numbersOf('12')]).toEqual([
    [7, 8, 9, 10, 11, 12, 13],
    [8, 10],
    [12],
  ])
})

test.each(['6', '8,', 'eight', '8,14'])('refuses the checks "%s"', (text) => {
  expect(() => parseChecks(text)).toThrow(expect.objectContaining({ code: 'invalid_config' }))
})

const checks = [
  {
    number: 8,
    title: 'found',
    run: async () => [
      { figure: 'good', value: 0.1, high: 0.17, source: '9.8', why: 'x' },
      { figure: 'bad', value: 0.31234, high: 0.17, source: '9.8', why: 'one action is used' },
      { figure: 'known', value: 2, source: '9.8', why: 'x' },
    ],
  },
  { number: 12, title: 'not run', run: () => Promise.reject(new Error('run')), missing: () => 'no policy' },
]

test('judges every figure and runs no check that lacks something', async () => {
  const told: number[] = []
  const results = await reproduce({} as Subject, checks, ({ number }) => void told.push(number))
  expect(told).toEqual([8])
  expect(missed(results).map(({ figure }) => figure)).toEqual(['bad'])
  expect(results[1]).toEqual({ check: 12, title: 'not run', skipped: 'no policy', findings: [] })
})

test('shows a table with a row a figure, and what a miss means', async () => {
  const results = await reproduce({} as Subject, checks)
  const lines = findingsTable(results).split('\n')
  expect(new Set(lines.map((line) => line.length)).size).toBe(1)
  const cells = lines.map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  )
  expect(cells[0]).toEqual(['check', 'figure', 'value', 'threshold', 'method.md', 'verdict'])
  expect(cells.slice(2)).toEqual([
    ['8', 'good', '0.100', '<= 0.17', '9.8', 'pass'],
    ['8', 'bad', '0.312', '<= 0.17', '9.8', 'miss'],
    ['8', 'known', '2.00', '-', '9.8', 'reported'],
    ['12', 'not run: no policy', '-', '-', '-', '-'],
  ])
  expect(explainMisses(results)).toEqual(['check 8 missed: bad (one action is used)'])
})

test('a run without a policy is not asked for its rewards', async () => {
  const subject = subjectOf(
    erring(() => 0),
    { model: { networks: {} } as DimaModel },
  )
  const [result] = await reproduce(subject, parseChecks('12'))
  expect(result!.skipped).toBe('the run has no policy')
})

test('the figures are those of a random policy in HalfCheetah-2x3, of no other data', () => {
  const run = { config: configOf(), origin: { kind: 'environment' } }
  const random = (record: object, networks = {}) => isReference({ record, networks } as unknown as DimaModel)
  expect(random(run)).toBe(true)
  expect(random(run, { policy: {} })).toBe(false)
  expect(random({ ...run, origin: { kind: 'dataset' } })).toBe(false)
  expect(random({ ...run, config: configOf({ task: 'Ant-2x4' }) })).toBe(false)
})
