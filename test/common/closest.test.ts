import { expect, test } from 'vitest'
import { closest, didYouMean, editDistance } from '../../src/common/closest.ts'

test.each([
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
  ['debgu', 'debug', 1], // neighbours swapped
  ['preset', 'presett', 1],
  ['same', 'same', 0],
])('from %s to %s it takes %i changes', (from, to, changes) => {
  expect(editDistance(from, to)).toBe(changes)
  expect(editDistance(to, from)).toBe(changes)
})

test('a text of any length costs next to nothing', () => {
  const began = performance.now()
  expect(closest('x'.repeat(1_000_000), ['xy'])).toBeUndefined()
  expect(performance.now() - began).toBeLessThan(1000)
})

test('the nearest is meant, the first of equals, whatever the size of letters', () => {
  expect(closest('paprr', ['debug', 'small', 'paper'])).toBe('paper')
  expect(closest('ca', ['cat', 'car'])).toBe('cat')
  expect(closest('DEBUG', ['debug', 'Debug2'])).toBe('debug')
})

test('nothing is meant where nothing is near', () => {
  expect(didYouMean('horse', ['tiny', 'cart'])).toBe('')
  expect(didYouMean('tinyy', ['tiny', 'cart'])).toBe(' (did you mean tiny?)')
  expect(didYouMean('x', [])).toBe('')
})
