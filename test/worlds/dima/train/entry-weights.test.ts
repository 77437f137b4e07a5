import { expect, test } from 'vitest'
import { entryWeights } from '../../../../src/worlds/dima/train/denoiser-batch.ts'

test('entries that never moved count for less, and all add up to 1', () => {
  const weights = entryWeights([true, false, false, true], 0.5)
  expect(weights).toEqual([1 / 3, 1 / 6, 1 / 6, 1 / 3])
})

test('all count alike where all move, none does, or the paper is followed', () => {
  expect(entryWeights([true, true], 0.1)).toEqual([1 / 2, 1 / 2])
  expect(entryWeights([false, false], 0.1)).toEqual([1 / 2, 1 / 2])
  expect(entryWeights([false, true], 1)).toEqual([1 / 2, 1 / 2])
  expect(entryWeights([false, false], 0)).toEqual([1 / 2, 1 / 2])
})
