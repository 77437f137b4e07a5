import { expect, test } from 'vitest'
import { alternate, ratio } from '../../loadtest/serving/alternate.ts'
import { finding } from '../../loadtest/serving/finding.ts'

test('contestants take turns and the first round does not count', async () => {
  const turns: string[] = []
  const slice = (name: string, rates: number[]) => async () => {
    turns.push(name)
    return rates.shift()!
  }
  const rates = await alternate({ a: slice('a', [1, 2, 3]), b: slice('b', [4, 5, 6]) }, 2)
  expect(turns.join('')).toBe('ababab')
  expect(rates).toEqual({ a: [2, 3], b: [5, 6] })
})

test('a ratio is that of the medians, with the range of the rounds', () => {
  expect(ratio([10, 20, 90], [10, 40, 30])).toEqual({ value: 20 / 30, least: 0.5, most: 3 })
})

test('a finding knows whether its target is met', () => {
  const met = (value: number, target: object) => finding('x', value, 'ms', target).met
  expect([
    met(5, { most: 5 }),
    met(5.1, { most: 5 }),
    met(0.9, { least: 0.9 }),
    met(0.8, { least: 0.9 }),
  ]).toEqual(['yes', 'no', 'yes', 'no'])
  expect(finding('x', 5, 'ms')).toMatchObject({ target: '', met: '' })
  expect(met(Number.NaN, { most: 5 })).toBe('no')
})

test('figures are rounded, counts are not', () => {
  expect([finding('x', 0.123456, '').value, finding('x', 4096, '').value]).toEqual([0.123, 4096])
})
