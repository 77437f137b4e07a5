// A run through a bridge: equal to a local one, and clean when the environment goes away in the middle of an episode.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openTrainer } from '../../src/algorithms/dima/trainer.ts'
import { openBridge } from '../../src/episodes/sources/bridge-source.ts'
import type { EpisodeSource } from '../../src/episodes/sources/source.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { serveTask } from '../episodes/sources/served.ts'
import { configOf, openTask, quiet, RESOURCES, TASK } from './fixture.ts'
import { checkpointOf, linesOf, resultOf } from './results.ts'

const config = configOf({ steps: 3000 })
config.hyperparameters.warmupSteps = 1500

const root = mkdtempSync(join(tmpdir(), 'dima-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function train(name: string, source: EpisodeSource): Promise<boolean> {
  const trainer = await openTrainer(config, {
    folder: new RunFolder(join(root, name)),
    source,
    reporter: quiet,
    resources: RESOURCES,
  })
  try {
    await trainer.run()
    return trainer.finished
  } finally {
    await trainer.close()
    await source.close()
  }
}

const bridged = (url: string) =>
  openBridge(url, TASK, {
    seed: config.seed,
    policyStd: config.hyperparameters.policyStd,
    envs: 2,
    envTokenVariable: '',
  })

const episodesIn = (name: string) => readdirSync(join(root, name, 'episodes')).sort()

test('equals a run with the same environment here, also after its server was lost and came back', async () => {
  expect(await train('local', await openTask(config))).toBe(true)

  // Two copies play episodes 0 and 1, then 2 and 3: the server goes away in the middle of those.
  const server = await serveTask((step) => {
    if (step === 1500) void server.close()
  })
  await expect(train('bridged', await bridged(server.url))).rejects.toMatchObject({ code: 'bridge_lost' })
  expect(episodesIn('bridged')).toEqual(['0.msgpack', '1.msgpack'])
  expect(checkpointOf(join(root, 'bridged'))).toMatchObject({ epoch: 2, episodes: 2, environmentSteps: 2000 })
  expect(linesOf(join(root, 'bridged')).map(({ epoch }) => epoch)).not.toContain(3)

  const again = await serveTask()
  expect(await train('bridged', await bridged(again.url))).toBe(true)
  expect(resultOf(join(root, 'bridged'))).toEqual(resultOf(join(root, 'local')))
  expect(episodesIn('bridged')).toEqual(['0.msgpack', '1.msgpack', '2.msgpack'])
})

test('what was collected before the loss is not collected again', async () => {
  const first = {
    ...config,
    hyperparameters: { ...config.hyperparameters, trainingEpochs: 1, warmupSteps: 0 },
  }
  const folder = new RunFolder(join(root, 'collect-first'))
  const server = await serveTask((step) => {
    if (step === 1500) void server.close()
  })
  const lost = await bridged(server.url)
  const trainer = await openTrainer(first, { folder, source: lost, reporter: quiet, resources: RESOURCES })
  await expect(trainer.run()).rejects.toMatchObject({ code: 'bridge_lost' })
  await Promise.all([trainer.close(), lost.close()])
  expect(episodesIn('collect-first')).toEqual(['0.msgpack', '1.msgpack'])

  const asked: number[] = []
  const source = await bridged((await serveTask()).url)
  const collect = source.collect.bind(source)
  source.collect = (index, steps) => {
    asked.push(index)
    return collect(index, steps)
  }
  const resumed = await openTrainer(first, { folder, source, reporter: quiet, resources: RESOURCES })
  await resumed.run()
  expect([asked, resumed.finished]).toEqual([[2], true])
  await Promise.all([resumed.close(), source.close()])
})
