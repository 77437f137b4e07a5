import { expect, test } from 'vitest'
import { taskSpec } from '../../src/env/make-env.ts'
import type { Origin } from '../../src/episodes/sources/source.ts'
import { describeData } from '../../src/export/data.ts'

const sentence = (origin: Origin, ownPolicy = false) =>
  describeData(
    { task: taskSpec('HalfCheetah-2x3'), origin, config: { hyperparameters: { policyStd: 0.5 } } },
    300,
    ownPolicy,
  )

test('says what the model was trained on, and names no folder', () => {
  expect(sentence({ kind: 'environment' })).toBe(
    '300 steps of HalfCheetah-2x3-v1 on MuJoCo, Gaussian policy of standard deviation 0.5',
  )
  expect(sentence({ kind: 'bridge', url: 'ws://127.0.0.1:1', deterministic: true })).toBe(
    '300 steps of HalfCheetah-2x3-v1 behind a bridge, Gaussian policy of standard deviation 0.5',
  )
  expect(sentence({ kind: 'dataset', file: 'some/where/a.hdf5', sha256: 'ab12', heldOut: 0.1 })).toBe(
    '300 recorded steps of HalfCheetah-2x3-v1 from a.hdf5, sha256 ab12',
  )
  const partly = {
    kind: 'dataset',
    file: 'a.hdf5',
    sha256: 'ab12',
    heldOut: 0.1,
    skipped: 2,
    dropped: 1,
  } as const
  expect(sentence(partly)).toBe(
    '300 recorded steps of HalfCheetah-2x3-v1 from a.hdf5, sha256 ab12; left out: 2 episodes, empty or a single step long, 1 last transitions without a successor',
  )
})

test('says what of it was played for exploration', () => {
  const explored = (share: number) =>
    describeData(
      {
        task: taskSpec('HalfCheetah-2x3'),
        origin: { kind: 'environment' },
        config: { hyperparameters: { exploration: { share } } },
      },
      300,
      true,
    )
  expect(explored(0)).toBe(sentence({ kind: 'environment' }, true))
  expect(explored(0.15)).toBe(
    `${explored(0)}; of the episodes after the warm-up a share of 0.15 with random, held, noisier or mean actions`,
  )
})

test('says that a policy that learns made its own data', () => {
  expect(sentence({ kind: 'environment' }, true)).toBe(
    '300 steps of HalfCheetah-2x3-v1 on MuJoCo, played with sampled actions by its own policy as it learned, untrained at first',
  )
})
