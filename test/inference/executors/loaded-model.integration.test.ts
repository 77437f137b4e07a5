// A model in an executor, asked for several things at once.
import { expect, onTestFinished, test } from 'vitest'
import { readBundle } from '../../../src/inference/executors/loaded-bundle.ts'
import { LoadedModel } from '../../../src/inference/executors/loaded-model.ts'
import { memories } from '../../../src/worlds/dima/serve/memory.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { gatherRows, scatterRows } from '../../../src/worlds/live.ts'
import { modelsFolder } from '../../registry/fixture.ts'
import { publishModel } from '../bundle.ts'
import { rolloutOf, tinyModel } from '../fixture.ts'
import { walkers } from '../live-rows.ts'

test('a canary at the same moment changes no step, and no step a canary', async () => {
  const model = tinyModel()
  const loaded = await LoadedModel.open(
    KINDS,
    await readBundle(await publishModel(await modelsFolder(), 'tiny', model), KINDS),
  )
  onTestFinished(() => loaded.close())
  const rollout = rolloutOf(model.spec, { batch: 1, horizon: 5 })
  const walk = async (id: number, besides: () => Promise<unknown>) => {
    const [walker] = walkers(model.spec, rollout, id)
    const rewards: number[] = []
    for (let t = 0; t < rollout.horizon; t++) {
      const batch = gatherRows(memories(model.spec), rollout.choice, [walker!.row()])
      const [results] = await Promise.all([loaded.use((simulator) => simulator.step(batch)), besides()])
      const [outcome] = scatterRows(results, () => 0)
      walker!.take(outcome!)
      rewards.push(outcome!.reward)
    }
    return rewards
  }
  const alone = await walk(1, async () => {})
  expect(new Set(alone).size).toBe(rollout.horizon)
  expect(await walk(2, () => loaded.check())).toEqual(alone)
})

test('a model whose data has no end ends no episode where it is served, either', async () => {
  const model = tinyModel()
  const bundle = await publishModel(await modelsFolder(), 'tiny', model)
  const ends = async (manifest: typeof bundle.manifest) => {
    const loaded = await LoadedModel.open(KINDS, await readBundle({ ...bundle, manifest }, KINDS))
    onTestFinished(() => loaded.close())
    const rollout = rolloutOf(model.spec, { batch: 1 })
    return (await loaded.use((simulator) => simulator.rollout(rollout))).terminationProbabilities
  }
  expect((await ends(bundle.manifest)).some((p) => p > 0)).toBe(true)
  expect((await ends({ ...bundle.manifest, terminates: false })).every((p) => p === 0)).toBe(true)
})
