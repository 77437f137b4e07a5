// Flags that would do nothing are refused before anything is opened.
import { expect, test } from 'vitest'
import { refuseUnheard, TrainFlags } from '../../src/algorithms/train-flags.ts'
import { parseFlags } from '../../src/common/config.ts'

const refuse = (...argv: string[]) => refuseUnheard(parseFlags(TrainFlags, argv))

test.each([
  [['--plan', 'joint'], 'plan', 'mappo has no --plan'],
  [['--offset-noise', '0'], 'offsetNoise', 'mappo has no --offset-noise'],
])('%s of another algorithm', (argv, field, message) => {
  expect(() => refuse('--algorithm', 'mappo', ...argv)).toThrow(
    expect.objectContaining({ code: 'invalid_config', message, details: expect.objectContaining({ field }) }),
  )
  for (const algorithm of ['dima', 'world-model'])
    expect(() => refuse('--algorithm', algorithm, ...argv)).not.toThrow()
})

test('a share to hold out of nothing', () => {
  expect(() => refuse('--held-out', '0.5')).toThrow('--held-out is of the episodes of --dataset')
  expect(() => refuse('--held-out', '0.5', '--dataset', 'recorded.hdf5')).not.toThrow()
})
