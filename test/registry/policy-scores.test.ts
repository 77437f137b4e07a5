// Scores of a policy came after the first bundles: they may be missing, but not be wrong.
import { expect, test } from 'vitest'
import { openRepository } from '../../src/registry/repository.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { editManifest, type Loose, modelsFolder, publishTiny } from './fixture.ts'

const returns = { episodes: 10, mean: 1, std: 2, min: -3, max: 4 }
const policy = {
  meanActions: returns,
  sampledActions: returns,
  imaginedReward: 0.5,
  realReward: 0.25,
  rewardRelativeError: 1,
}

async function reopened(edit: (manifest: Loose) => void) {
  const models = await modelsFolder()
  await editManifest(await publishTiny(models), edit)
  return openRepository(models, KINDS)
}

test('a manifest without them loads', async () => {
  const { manifest } = (await reopened(() => {})).resolve('tiny')
  expect(manifest.scores.policy).toBeUndefined()
  expect(manifest.training.algorithm).toBeUndefined()
})

test('a manifest with them loads', async () => {
  const repository = await reopened(({ scores, training }) => {
    Object.assign(scores, { policy, weights: 'float16' })
    training.algorithm = 'dima'
  })
  expect(repository.resolve('tiny').manifest.scores).toMatchObject({ policy, weights: 'float16' })
})

test.each([
  ['a policy without returns', { policy: { ...policy, meanActions: undefined } }],
  ['a return of no episodes', { policy: { ...policy, sampledActions: { ...returns, episodes: 0 } } }],
  ['an unknown field', { policy: { ...policy, medianReturn: 1 } }],
  ['an unknown type of weights', { weights: 'int4' }],
])('%s is refused', async (_, change) => {
  const repository = await reopened(({ scores }) => Object.assign(scores, change))
  expect(repository.names()).toEqual([])
  expect(repository.refused).toHaveLength(1)
})
