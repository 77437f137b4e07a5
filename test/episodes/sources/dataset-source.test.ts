import { describe, expect, test } from 'vitest'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { DatasetSource } from '../../../src/episodes/sources/dataset-source.ts'
import { NEEDED_STEPS } from '../../../src/worlds/dima/train/steps.ts'
import { build, changed, episode, series, table } from '../dataset/build.ts'

/** Episodes of these lengths. */
const built = (lengths: number[]) =>
  build(Object.assign({}, ...lengths.map((steps, i) => episode(`episode_${i}`, steps))))

const lengths = [20, 25, 3, 30, 22, 1, 40] // of which 25 and 22 are held out with a share of 0.3

async function open(heldOut = 0.3) {
  const path = await built(lengths)
  return { path, source: await DatasetSource.open(path, heldOut, NEEDED_STEPS) }
}

test('parts the file into episodes for training, in its order, and held-out ones', async () => {
  const { path, source } = await open()
  expect(source.recorded).toEqual([20, 3, 30, 40])
  const training = []
  for (let i = 0; i < 4; i++) training.push(...(await source.collect(i)))
  expect(training.map(({ length }) => length)).toEqual(source.recorded)
  expect((await source.heldOut(10)).map(({ length }) => length)).toEqual([25, 22])
  expect(await source.heldOut(1)).toHaveLength(1)
  expect(source.origin).toEqual({
    kind: 'dataset',
    file: path,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    heldOut: 0.3,
    skipped: 1,
    dropped: 0,
  })
  await source.close()
})

test('starts are first states, spread over the file', async () => {
  const { source } = await open()
  expect((await source.starts(3)).map((state) => [...state])).toEqual(Array(3).fill([0, 1 / 16, 2 / 16]))
  expect(await source.starts(64)).toHaveLength(6)
  await source.close()
})

test('says what it found', async () => {
  const { source } = await open()
  expect(source.remarks).toEqual([
    '4 episodes for training, 2 held out',
    'WARNING: episodes left out, empty or a single step long: 1',
  ])
  await source.close()
  const joined = await DatasetSource.open(
    await build(
      changed({
        'episode_0/observations/state': undefined,
        'episode_1/observations/state': undefined,
        'episode_2/observations/state': undefined,
        'episode_2/observations/agent_0': table(4, 2),
        'episode_2/observations/agent_1': table(4, 2),
        ...episode('episode_3', 20),
        ...episode('episode_4', 8),
        'episode_4/observations/state': undefined,
        'episode_3/observations/state': undefined,
      }),
    ),
    0,
    NEEDED_STEPS,
  )
  expect(joined.remarks).toEqual([
    '4 episodes for training, 1 held out',
    'WARNING: last transitions left out, as nothing was recorded after them: 1',
    'no state recorded: it is made of all observations',
  ])
  await joined.close()
})

test('warns where agents have rewards of their own, and the task says that their mean is taken', async () => {
  const own = (second: number) => ({
    'episode_1/rewards': undefined,
    'episode_1/rewards/agent_0': series(4, () => 1),
    'episode_1/rewards/agent_1': series(4, (i) => (i === 2 ? second : 1)),
  })
  const long = { ...episode('episode_3', 20), ...episode('episode_4', 20) }
  const opened = async (second: number, attributes = {}) =>
    DatasetSource.open(await build(changed({ ...own(second), ...long }), attributes), 0.1, NEEDED_STEPS)
  const [same, differing, worded] = [
    await opened(1),
    await opened(-2),
    await opened(-2, { reward: 'as paid' }),
  ]
  expect([same.remarks.length, same.spec.reward]).toEqual([1, 'as recorded'])
  expect(differing.remarks).toContain(
    "WARNING: built.hdf5: episode_1: the agents have rewards of their own (agent_0 1, agent_1 -2). Their mean is learned, as the team's reward",
  )
  expect(differing.spec.reward).toBe("as recorded, the mean of the agents' own rewards")
  expect(worded.spec.reward).toBe("as paid, the mean of the agents' own rewards")
  for (const source of [same, differing, worded]) await source.close()
})

test('says that it can not be evaluated on', async () => {
  const source = await DatasetSource.open(await built([18, 18]), 0.1, NEEDED_STEPS)
  expect(source.remarks).toEqual([
    '1 episodes for training, 1 held out',
    'no episode has the 19 steps that an evaluation needs',
  ])
  await source.close()
})

test('past its end there is nothing', async () => {
  const { source } = await open()
  await expect(source.collect(4)).rejects.toMatchObject({
    code: 'invalid_dataset',
    message: 'built.hdf5: has 4 training episodes, not 5',
  })
  await source.close()
})

describe('is refused', () => {
  test('with a single episode', async () => {
    await expect(DatasetSource.open(await built([30]), 0.1, NEEDED_STEPS)).rejects.toMatchObject({
      code: 'invalid_dataset',
      message: 'built.hdf5: has one episode; training and evaluation need two',
    })
  })

  test('with fewer steps than the reward model sees at once', async () => {
    await expect(DatasetSource.open(await built([14, 20]), 0.1, NEEDED_STEPS)).rejects.toMatchObject({
      message: 'built.hdf5: has 14 steps for training, fewer than 15',
    })
  })

  test('with agents that differ in size, and the file is closed', async () => {
    const wide = [0, 1, 2].map((i) => ({ [`episode_${i}/actions/agent_0`]: table(4, 3) }))
    const path = await build(changed(Object.assign({}, ...wide)))
    const dataset = await Dataset.open(path)
    expect(() => new DatasetSource(dataset, 0.1, NEEDED_STEPS)).toThrow(
      expect.objectContaining({ code: 'unequal_agents' }),
    )
    dataset.close()
    await expect(DatasetSource.open(path, 0.1, NEEDED_STEPS)).rejects.toMatchObject({
      code: 'unequal_agents',
    })
  })
})
