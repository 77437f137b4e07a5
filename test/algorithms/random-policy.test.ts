// The random policy that a run begins with is as wide as its hyper-parameters say, which is what the run records.
import { expect, test } from 'vitest'
import { TrainFlags } from '../../src/algorithms/train-flags.ts'
import { sourceOptions } from '../../src/algorithms/train-run.ts'
import { parseFlags } from '../../src/common/config.ts'
import { RANDOM_STD } from '../../src/episodes/sources/random-actions.ts'
import type { Reporter } from '../../src/runs/progress.ts'

const reporter = { note: () => {}, status: () => {} } as unknown as Reporter

test.each([
  [[], RANDOM_STD],
  [['--set', 'policyStd=0.1'], 0.1],
  [['--algorithm', 'mappo'], RANDOM_STD],
])('with %j', (flags, policyStd) => {
  expect(sourceOptions(parseFlags(TrainFlags, flags), reporter)).toMatchObject({ policyStd })
})
