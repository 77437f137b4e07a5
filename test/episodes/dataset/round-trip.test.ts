// What is written comes back to the last bit, with the same spec.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { taskSpec } from '../../../src/env/make-env.ts'
import type { TaskSpec } from '../../../src/env/task-spec.ts'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { datasetTable } from '../../../src/episodes/dataset/table.ts'
import { writeDataset } from '../../../src/episodes/dataset/write.ts'
import { type Episode, packEpisode } from '../../../src/episodes/replay/episode.ts'
import { randomEpisode, temporaryFolder } from '../../runs/data.ts'

const spec = taskSpec('HalfCheetah-2x3')
const fileIn = (folder = temporaryFolder()) => join(folder, 'episodes.hdf5')
const bytes = (episode: Episode) => packEpisode(episode).toString('base64')

function varied(): Episode[] {
  const episodes = Array.from({ length: 12 }, (_, i) =>
    randomEpisode(2 + i, i % 2 ? 'truncated' : 'terminated', 'varied', i),
  )
  episodes[0]!.states.set([Math.PI, -0, 1e-310, 1 / 3])
  episodes[1]!.truncated = episodes[1]!.terminated = true
  return episodes
}

test('episodes and spec survive the round trip', async () => {
  const path = fileIn()
  const episodes = varied()
  expect(await writeDataset(path, { spec }, episodes)).toBe(12)
  const dataset = await Dataset.open(path)
  expect(dataset.episodes.map((_, i) => bytes(dataset.read(i)))).toEqual(episodes.map(bytes))
  expect(dataset.spec).toEqual(spec)
  expect([dataset.skipped, dataset.joinedState]).toEqual([0, false])
  dataset.close()
})

test('the same episodes make the same bytes, but for the second that HDF5 notes', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const written = []
    for (const second of [1, 1, 2]) {
      vi.setSystemTime(1000 * second)
      const path = fileIn()
      await writeDataset(path, { spec }, varied())
      written.push(readFileSync(path))
    }
    const [first, again, later] = written
    expect(first!.equals(again!)).toBe(true)
    expect(first!.equals(later!)).toBe(false)
  } finally {
    vi.useRealTimers()
  }
})

test('agents keep the order of the spec, not that of the file', async () => {
  const names = ['walker', 'agent_10', 'agent_2']
  const small: TaskSpec = {
    ...spec,
    agents: names.map((name) => ({
      name,
      actuators: ['a'],
      observationNames: ['o'],
      observationUnits: ['m'],
    })),
    stateNames: ['s'],
    stateUnits: ['kg'],
  }
  const episode: Episode = {
    length: 2,
    states: Float64Array.of(0, 1, 2),
    actions: Float32Array.of(1, 2, 3, 4, 5, 6),
    observations: Float32Array.of(7, 8, 9, 10, 11, 12),
    rewards: Float32Array.of(1, 2),
    terminated: false,
    truncated: true,
  }
  const path = fileIn()
  await writeDataset(path, { spec: small }, [episode])
  const dataset = await Dataset.open(path)
  expect(dataset.read(0)).toEqual(episode)
  expect(dataset.spec).toEqual(small)
  dataset.close()
})

test('a spec with thousands of names fits', async () => {
  const names = Array.from({ length: 4000 }, (_, i) => `entry number ${i}`)
  const [own, units] = [['o'], ['1']]
  const wide: TaskSpec = {
    ...spec,
    agents: [{ name: 'agent_0', actuators: ['a'], observationNames: own, observationUnits: units }],
    stateNames: names,
    stateUnits: names.map(() => 'm'),
  }
  const episode = {
    ...randomEpisode(2, 'truncated', 'wide'),
    states: new Float64Array(3 * 4000),
    actions: new Float32Array(2),
    observations: new Float32Array(2),
  }
  const path = fileIn()
  await writeDataset(path, { spec: wide }, [episode])
  const dataset = await Dataset.open(path)
  expect(dataset.spec).toEqual(wide)
  dataset.close()
})

describe('nothing is left of a file that could not be written', () => {
  const refused = async (write: (path: string) => Promise<unknown>) => {
    const folder = temporaryFolder()
    const error = await write(fileIn(folder)).catch((reason) => reason)
    expect(readdirSync(folder)).toEqual([])
    return error
  }

  test('where the episodes stop', async () => {
    const stopping = function* () {
      yield randomEpisode(3, 'truncated', 'stopping')
      throw new Error('the disk of the run is gone')
    }
    const error = await refused((path) => writeDataset(path, { spec }, stopping()))
    expect(String(error)).toContain('the disk of the run is gone')
  })

  test('where there are none', async () => {
    expect(await refused((path) => writeDataset(path, { spec }, []))).toMatchObject({
      code: 'invalid_dataset',
    })
  })

  test.each(['state', 'a/b', '', '.', '_index_0'])("where an agent is called '%s'", async (name) => {
    const named = { ...spec, agents: [{ ...spec.agents[0]!, name }, spec.agents[1]!] }
    expect(await refused((path) => writeDataset(path, { spec: named }, varied()))).toMatchObject({
      code: 'invalid_dataset',
    })
  })

  test('where there is no such folder', async () => {
    const path = join(temporaryFolder(), 'none', 'x.hdf5')
    await expect(writeDataset(path, { spec }, varied())).rejects.toMatchObject({ code: 'invalid_dataset' })
    expect(existsSync(path)).toBe(false)
  })
})

test('the table says what a file holds', async () => {
  const path = fileIn()
  await writeDataset(path, { spec }, varied())
  const dataset = await Dataset.open(path)
  dataset.close()
  const lines = datasetTable({ ...dataset, skipped: 2, joinedState: true }).split('\n')
  expect(lines.map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
    ['task', 'HalfCheetah-2x3-v1'],
    ['agent_0', '3 actions in [-1, 1], 19 observations'],
    ['agent_1', '3 actions in [-1, 1], 19 observations'],
    ['state', '17 numbers, all observations one after the other'],
    ['episodes', '12: 7 failed, 5 cut by time'],
    ['skipped', '2, empty or a single step long'],
    ['steps', '90'],
    ['steps an episode', '2 / 7.5 / 13'],
    ['return', expect.stringMatching(/^-?[\d.]+ \/ -?[\d.]+ \/ -?[\d.]+$/)],
  ])
})
