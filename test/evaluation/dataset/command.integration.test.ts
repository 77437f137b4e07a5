import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { presetOf } from '../../../src/algorithms/dima/config.ts'
import { parseFlags } from '../../../src/common/config.ts'
import { makeEnv, taskSpec } from '../../../src/env/make-env.ts'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { collectEpisode, gaussianPolicy } from '../../../src/episodes/replay/collect.ts'
import { packEpisode } from '../../../src/episodes/replay/episode.ts'
import { DatasetFlags, datasetCommand } from '../../../src/evaluation/dataset/command.ts'
import { RunFolder } from '../../../src/runs/run-folder.ts'
import { build, changed, table } from '../../episodes/dataset/build.ts'
import { servePaid } from '../../episodes/sources/served.ts'
import { randomEpisode, temporaryFolder } from '../../runs/data.ts'
import { configOf, quiet, TASK } from '../../runs/fixture.ts'

const command = (...argv: string[]) => datasetCommand(parseFlags(DatasetFlags, argv), quiet)

test('writes the episodes of a run', async () => {
  const folder = temporaryFolder()
  const run = new RunFolder(join(folder, 'run'))
  const task = { ...taskSpec(TASK), name: 'As-recorded-v9' }
  run.claim({ config: configOf(), task, origin: { kind: 'environment' } }, '')
  const episodes = [5, 7, 6].map((length, i) => randomEpisode(length, 'truncated', i))
  for (const [i, episode] of episodes.entries()) run.saveEpisode(i, episode)
  const out = join(folder, 'run.hdf5')
  expect(await command('--run', run.path, '--out', out)).toBe(`3 episodes written to ${out}`)
  const dataset = await Dataset.open(out)
  expect(dataset.spec).toEqual(task)
  for (const [i, episode] of episodes.entries())
    expect(packEpisode(dataset.read(i)).equals(packEpisode(episode))).toBe(true)
  dataset.close()
})

test('writes fresh episodes, the first of a run with that seed', async () => {
  const out = join(temporaryFolder(), 'fresh.hdf5')
  await command('--task', TASK, '--episodes', '2', '--seed', '5', '--out', out)
  const fresh = await Dataset.open(out)
  const env = await makeEnv(TASK)
  const policy = gaussianPolicy(env, presetOf('small').policyStd)
  for (const i of [0, 1]) {
    const alone = packEpisode(collectEpisode(env, policy, 5, 'collect', i))
    expect(packEpisode(fresh.read(i)).equals(alone)).toBe(true)
  }
  expect([fresh.episodes.length, fresh.spec]).toEqual([2, taskSpec(TASK)])
  env.close()
  fresh.close()
})

test('warns of rewards that agents have of their own, and the file says that it holds their mean', async () => {
  const out = join(temporaryFolder(), 'paid.hdf5')
  const { url } = await servePaid([1, -2])
  const notes: string[] = []
  const reporter = { ...quiet, note: (text: string) => void notes.push(text) }
  const flags = ['--env', url, '--task', 'Synthetic', '--episodes', '2', '--out', out]
  await datasetCommand(parseFlags(DatasetFlags, flags), reporter)
  expect(notes).toEqual([expect.stringContaining('WARNING: Synthetic: the agents have rewards of their own')])
  const dataset = await Dataset.open(out)
  expect(dataset.spec.reward).toContain("the mean of the agents' own rewards")
  dataset.close()
})

test('says what a file holds', async () => {
  const file = resolve(import.meta.dirname, '../../data/minari-dict.hdf5')
  expect(await command('--check', file)).toMatch(/^task +Pulleys-v2\nleft +1 actions in \[-1, 1\], 2 obs/)
})

test('shows which agents differ in size before it refuses them', async () => {
  const wide = [0, 1, 2].map((i) => ({ [`episode_${i}/actions/agent_0`]: table(4, 3) }))
  const path = await build(changed(Object.assign({}, ...wide)))
  const notes: string[] = []
  const reporter = { ...quiet, note: (text: string) => void notes.push(text) }
  const flags = parseFlags(DatasetFlags, ['--check', path])
  await expect(datasetCommand(flags, reporter)).rejects.toMatchObject({ code: 'unequal_agents' })
  expect(notes.join()).toMatch(/agent_0 +3 actions.*\nagent_1 +1 actions/)
})

test('refuses what is unclear or unusable, and leaves nothing', async () => {
  const folder = temporaryFolder()
  const out = ['--out', join(folder, 'y.hdf5')]
  for (const [argv, error] of [
    [
      [],
      { code: 'invalid_config', message: 'give one of --run, --task, --from-model, --convert and --check' },
    ],
    [
      ['--run', 'x', '--check', 'y'],
      { message: 'give one of --run, --task, --from-model, --convert and --check' },
    ],
    [['--task', TASK], { code: 'invalid_config', message: 'say where to write with --out' }],
    [['--task', 'Nothing-1x1', ...out], { code: 'unknown_task' }],
    [
      ['--check', join(folder, 'nowhere')],
      { code: 'invalid_dataset', message: 'nowhere: there is no such file' },
    ],
    [['--run', join(folder, 'nowhere'), ...out], { code: 'invalid_config' }],
  ] as const)
    await expect(command(...argv)).rejects.toMatchObject(error)
  expect(readdirSync(folder)).toEqual([])
})
