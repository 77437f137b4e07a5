// Files of D4RL and robomimic, written anew.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { convertDataset } from '../../../src/episodes/dataset/foreign/convert.ts'
import { temporaryFolder } from '../../runs/data.ts'
import { build, series, type Tables, table } from './build.ts'

/** Seven steps: an end after the third, time after the sixth, and one step more. */
const flat = (changes: Tables = {}): Tables => ({
  observations: table(7, 2),
  actions: table(7, 1, (i) => i / 8),
  rewards: series(7),
  terminals: series(7, (i) => Number(i === 2)),
  timeouts: series(7, (i) => Number(i === 5)),
  next_observations: table(7, 2, (i) => 100 + i),
  ...changes,
})

const demo = (name: string, changes: Tables = {}): Tables => ({
  [`data/${name}/actions`]: table(3, 2),
  [`data/${name}/rewards`]: series(3),
  [`data/${name}/dones`]: series(3, (i) => Number(i === 2)),
  [`data/${name}/obs/b`]: table(3, 1, (i) => 10 + i),
  [`data/${name}/obs/a`]: table(3, 2),
  [`data/${name}/obs/image`]: { data: new Uint8Array(3 * 4), shape: [3, 2, 2] },
  [`data/${name}/next_obs/a`]: table(3, 2, (i) => 20 + i),
  [`data/${name}/next_obs/b`]: table(3, 1, (i) => 30 + i),
  ...changes,
})

async function converted(tables: Tables) {
  const out = join(temporaryFolder(), 'new.hdf5')
  const told = await convertDataset(await build(tables), out)
  return { told, dataset: await Dataset.open(out) }
}

test('flat arrays become episodes, with what is seen after their last action', async () => {
  const { told, dataset } = await converted(flat())
  expect(told).toEqual({ layout: 'D4RL', episodes: 3, left: [] })
  expect(dataset.spec).toMatchObject({ name: 'built', agents: [{ name: 'agent_0' }], actionHigh: 1 })
  const { length, states, actions, rewards, terminated } = dataset.read(0)
  expect([length, terminated]).toEqual([3, true])
  expect([...states]).toEqual([0, 1 / 16, 2 / 16, 3 / 16, 4 / 16, 5 / 16, 104, 105])
  expect([...actions, ...rewards]).toEqual([0, 1 / 8, 2 / 8, 0, 1, 2])
  expect(dataset.read(1)).toMatchObject({ length: 3, terminated: false, truncated: true })
  expect([dataset.episodes.length, dataset.skipped]).toEqual([2, 1]) // a single step is left out
  dataset.close()
})

test('without next observations the last transition of an episode leads nowhere', async () => {
  const { dataset } = await converted(flat({ next_observations: undefined }))
  expect(dataset.read(0)).toMatchObject({ length: 2, terminated: false, truncated: true })
  dataset.close()
})

test('demonstrations are read key by key, without pictures', async () => {
  const { told, dataset } = await converted({ ...demo('demo_0'), ...demo('demo_10'), ...demo('demo_2') })
  expect(told).toEqual({ layout: 'robomimic', episodes: 3, left: ['image'] })
  const { states, terminated } = dataset.read(0)
  expect([...states.slice(0, 3), ...states.slice(-3)]).toEqual([0, 1 / 16, 10, 24, 25, 32])
  expect(terminated).toBe(true)
  dataset.close()
})

test.each([
  [flat(), 'built.hdf5: has no groups episode_0, episode_1, ...: it is laid out as D4RL has it'],
  [demo('demo_0'), 'laid out as robomimic has it. npm run dataset -- --convert built.hdf5 --out NEW.hdf5'],
])('reading such a file says how to convert it', async (tables, told) => {
  await expect(Dataset.open(await build(tables))).rejects.toMatchObject({
    code: 'invalid_dataset',
    message: expect.stringContaining(told),
  })
})

test.each([
  [{ run_0: series(3) }, 'is laid out neither as D4RL (observations, actions, rewards) nor as robomimic'],
  [flat({ rewards: series(6) }), 'rewards: has 6 rows, not 7 as actions'],
  [flat({ observations: table(6, 2) }), 'observations: has 6 rows, not 7 as actions'],
  [demo('demo_0', { 'data/demo_0/obs/a': table(2, 2) }), 'data/demo_0/obs/a: has 2 rows, not 3 as actions'],
  [demo('demo_0', { 'data/demo_0/obs/a': undefined, 'data/demo_0/obs/b': undefined }), 'only pictures'],
])('what does not fit is refused by key: %#', async (tables, told) => {
  const out = join(temporaryFolder(), 'new.hdf5')
  await expect(convertDataset(await build(tables as Tables), out)).rejects.toMatchObject({
    code: 'invalid_dataset',
    message: expect.stringContaining(told),
  })
})
