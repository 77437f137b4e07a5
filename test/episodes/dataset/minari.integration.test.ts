// Folders for Minari: read here again, and by h5py with Minari's own reading of metadata and spaces in a few lines.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { taskSpec } from '../../../src/env/make-env.ts'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { MINARI_FORMS, type SeenEpisode, writeMinari } from '../../../src/episodes/dataset/minari.ts'
import { randomEpisode, temporaryFolder } from '../../runs/data.ts'
import { TASK } from '../../runs/fixture.ts'

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'
const has = (module: string) => spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0
const without = (module: string) => (has(module) ? '' : ` (skipped: ${PYTHON} has no ${module})`)

const spec = taskSpec(TASK)
const [N, O] = [spec.agents.length, spec.agents[0]!.observationNames.length]
const last = Float32Array.from({ length: N * O }, (_, i) => i / 7)
const episodes: SeenEpisode[] = [4, 6].map((length, i) => ({
  ...randomEpisode(length, i ? 'terminated' : 'truncated', i),
  last,
}))

async function written(form: (typeof MINARI_FORMS)[number], given = episodes, name = 'cheetah-v3') {
  const folder = join(temporaryFolder(), name)
  return { folder, told: await writeMinari(folder, { spec, madeBy: 'a test' }, given, form) }
}

const metadataOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'data/metadata.json'), 'utf8'))

test('by agent our own reader gets the same episodes', async () => {
  const { folder, told } = await written('minari')
  expect(told).toEqual({ episodes: 2, cut: 0 })
  const dataset = await Dataset.open(folder)
  expect(dataset.spec).toEqual(spec)
  for (const [i, { last: _, ...episode }] of episodes.entries()) expect(dataset.read(i)).toEqual(episode)
  dataset.close()
})

test('as one agent its observation and action are all agents, one after the other', async () => {
  const { folder } = await written('minari-joint')
  const dataset = await Dataset.open(folder)
  expect(dataset.spec).toMatchObject({ name: `${spec.name} as one agent`, agents: [{ name: 'agent_0' }] })
  const { observations, actions, states, terminated } = dataset.read(1)
  expect([observations, actions, terminated]).toEqual([episodes[1]!.observations, episodes[1]!.actions, true])
  expect(Float32Array.from(states.slice(-N * O))).toEqual(last)
  dataset.close()
})

test('the metadata counts, names and bounds', async () => {
  const { folder } = await written('minari-joint')
  const { action_space, ...metadata } = metadataOf(folder)
  expect(metadata).toMatchObject({
    dataset_id: 'cheetah-v3',
    data_format: 'hdf5',
    total_episodes: 2,
    total_steps: 10,
    algorithm_name: 'a test',
  })
  expect(JSON.parse(action_space)).toMatchObject({ type: 'Box', shape: [6], low: Array(6).fill(-1) })
  const { folder: other } = await written('minari', episodes, 'some data')
  expect(metadataOf(other).dataset_id).toBe('some-data-v0')
})

test('where nobody saw the end the last transition is left out, and is told', async () => {
  const { folder, told } = await written(
    'minari-joint',
    episodes.map(({ last: _, ...episode }) => episode),
  )
  expect(told).toEqual({ episodes: 2, cut: 2 })
  expect(metadataOf(folder).total_steps).toBe(8)
  const dataset = await Dataset.open(folder)
  expect(dataset.read(1)).toMatchObject({ length: 5, terminated: false, truncated: true })
  dataset.close()
})

test('a folder with data is left alone, and what fails leaves none', async () => {
  const { folder } = await written('minari')
  await expect(writeMinari(folder, { spec }, episodes, 'minari')).rejects.toThrow('has data already')
  expect(existsSync(join(folder, 'data/metadata.json'))).toBe(true)
  const empty = join(temporaryFolder(), 'empty-v0')
  await expect(writeMinari(empty, { spec }, [], 'minari')).rejects.toMatchObject({ code: 'invalid_dataset' })
  expect(existsSync(empty)).toBe(false)
})

/** As minari/dataset reads: spaces of metadata.json, of each episode all arrays by space. */
const H5PY = `
import json, sys, h5py
def shapes(node, space):
    if space["type"] == "Dict":
        return {key: shapes(node[key], space["subspaces"][key]) for key in node.keys()}
    assert list(node.shape[1:]) == space["shape"] and str(node.dtype) == space["dtype"]
    assert len(space["low"]) == len(space["high"]) == space["shape"][0]
    return node.shape[0]
meta = json.load(open(sys.argv[1] + "/data/metadata.json"))
seen, done = (json.loads(meta[name + "_space"]) for name in ("observation", "action"))
with h5py.File(sys.argv[1] + "/data/main_data.hdf5") as file:
    for i in range(meta["total_episodes"]):
        episode = file[f"episode_{i}"]
        flags = [episode[key][:].tolist() for key in ("terminations", "truncations")]
        print(json.dumps([shapes(episode["observations"], seen), shapes(episode["actions"], done),
            len(episode["rewards"][:]), flags, int(episode.attrs["total_steps"])]))
`

const READERS = {
  minari: ({ length: T }: SeenEpisode) => [
    { agent_0: T + 1, agent_1: T + 1, state: T + 1 },
    { agent_0: T, agent_1: T },
  ],
  'minari-joint': ({ length: T }: SeenEpisode) => [T + 1, T],
}

test.skipIf(!has('h5py')).each(MINARI_FORMS)(`h5py reads %s${without('h5py')}`, async (form) => {
  const { folder } = await written(form)
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', H5PY, folder], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const [i, episode] of episodes.entries()) {
    const { length: T, terminated } = episode
    const flags = (set: boolean) => Array.from({ length: T }, (_, t) => Number(set && t === T - 1))
    expect(lines[i]).toEqual([...READERS[form](episode), T, [flags(terminated), flags(!terminated)], T])
  }
})

const MINARI = `
import sys
from minari import MinariDataset
dataset = MinariDataset(sys.argv[1] + "/data")
for episode in dataset.iterate_episodes():
    print(episode.id, len(episode.rewards), bool(episode.terminations[-1]))
`

test.skipIf(!has('minari')).each(MINARI_FORMS)(`Minari loads %s${without('minari')}`, async (form) => {
  const { folder } = await written(form)
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', MINARI, folder], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  expect(stdout).toBe('0 4 False\n1 6 True\n')
})
