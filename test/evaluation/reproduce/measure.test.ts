import { expect, test } from 'vitest'
import { rangeText, typical, verdictOf } from '../../../src/evaluation/reproduce/measure.ts'

test('a value passes inside its range, bounds included', () => {
  const verdict = (value: number) => verdictOf({ value, low: 1, high: 2 })
  expect([0.99, 1, 1.5, 2, 2.01].map(verdict)).toEqual(['miss', 'pass', 'pass', 'pass', 'miss'])
  expect(verdictOf({ value: -5, high: 2 })).toBe('pass')
  expect(verdictOf({ value: -5, low: 2 })).toBe('miss')
})

test('without a range it is only reported, unless it is no number', () => {
  expect(verdictOf({ value: 7 })).toBe('reported')
  expect([verdictOf({ value: Number.NaN }), verdictOf({ value: Number.NaN, high: 2 })]).toEqual([
    'miss',
    'miss',
  ])
})

test('ranges as people write them', () => {
  expect([{ low: 0.1, high: 0.17 }, { low: 0.105 }, { high: 1.75 }, {}].map(rangeText)).toEqual([
    '0.1 to 0.17',
    '>= 0.105',
    '<= 1.75',
    '-',
  ])
})

test('the range of several episodes is that of the median one; the mean shows the odd one', () => {
  const [middle, mean] = typical({ figure: 'loss', values: [1, 1, 10], high: 2, source: '', why: '' })
  expect(middle).toMatchObject({ figure: 'loss, median episode', value: 1, high: 2 })
  expect(mean).toMatchObject({ figure: 'loss, mean', value: 4 })
  expect(mean).not.toHaveProperty('high')
})
