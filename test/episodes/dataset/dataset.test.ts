// Files that h5py wrote (test/data/datasets.py), in Minari's layout.
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { build, changed, series, table } from './build.ts'

const data = resolve(import.meta.dirname, '../../data')

async function open<T>(path: string, use: (dataset: Dataset) => T): Promise<T> {
  const dataset = await Dataset.open(path)
  try {
    return use(dataset)
  } finally {
    dataset.close()
  }
}

/** As in test/data/datasets.py: row t, entry i. */
const number = (episode: number, t: number, i: number, part: number) =>
  1000 * part + 100 * episode + t + i / 8
const rows = (episode: number, count: number, width: number, part: number) =>
  Array.from({ length: count * width }, (_, k) => number(episode, Math.floor(k / width), k % width, part))

describe('Dict spaces, state, gzip, numpy bools', () => {
  const file = join(data, 'minari-dict.hdf5')

  test('has its episodes in the order of their numbers, without the empty and the single-step one', async () => {
    const { episodes, skipped, joinedState } = await open(file, (dataset) => dataset)
    expect(episodes.map(({ name, length, terminated, cut }) => [name, length, terminated, cut])).toEqual([
      ['episode_0', 25, false, false],
      ['episode_1', 30, true, false],
      ['episode_9', 21, false, true],
      ['episode_10', 20, true, false],
    ])
    expect([skipped, joinedState]).toEqual([2, false])
  })

  test('has the numbers at their places', async () => {
    const episode = await open(file, (dataset) => dataset.read(1))
    expect([...episode.states]).toEqual(rows(1, 31, 3, 2))
    expect([...episode.rewards]).toEqual(rows(1, 30, 1, 3))
    for (let t = 0; t < 30; t++) {
      const seen = [0, 1].flatMap((agent) => [0, 1].map((i) => number(1, t, i, agent)))
      expect([...episode.observations.subarray(4 * t, 4 * t + 4)]).toEqual(seen)
      const own = Math.fround(number(1, t, 0, 0) / 2000)
      expect([...episode.actions.subarray(2 * t, 2 * t + 2)]).toEqual([own, -own])
    }
  })

  test('keeps both flags where both are set', async () => {
    const ends = await open(file, (dataset) => [0, 1, 3].map((i) => dataset.read(i)))
    expect(ends.map(({ terminated, truncated }) => [terminated, truncated])).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ])
  })

  test('a time-out without a successor loses its last transition', async () => {
    const episode = await open(file, (dataset) => dataset.read(2))
    expect(episode).toMatchObject({ length: 21, terminated: false, truncated: true })
    expect([...episode.states]).toEqual(rows(9, 22, 3, 2))
    expect([episode.actions, episode.rewards].map(({ length }) => length)).toEqual([42, 21])
  })

  test('is described by names that say what they are', async () => {
    const { spec } = await open(file, (dataset) => dataset)
    expect(spec).toEqual({
      name: 'Pulleys-v2',
      agents: ['left', 'right'].map((name) => ({
        name,
        actuators: ['action_0'],
        observationNames: ['obs_0', 'obs_1'],
        observationUnits: ['1', '1'],
      })),
      actionLow: -1,
      actionHigh: 1,
      actionUnit: '1',
      stateNames: ['state_0', 'state_1', 'state_2'],
      stateUnits: ['1', '1', '1'],
      episodeLimit: 0,
      stepSeconds: 0,
      reward: 'as recorded',
    })
  })
})

describe('Tuple spaces without a state', () => {
  const file = join(data, 'tuples.hdf5')

  test('joins the observations, and says so in their names', async () => {
    const { spec, joinedState } = await open(file, (dataset) => dataset)
    expect(joinedState).toBe(true)
    expect(spec).toMatchObject({ name: 'Cranes', actionLow: -200, actionHigh: 400 })
    expect(spec.agents.map(({ name }) => name)).toEqual(['agent_0', 'agent_1'])
    expect(spec.stateNames).toEqual(['agent_0.angle', 'agent_0.load', 'agent_1.angle', 'agent_1.load'])
    expect(spec.stateUnits).toEqual(['rad', 'kg', 'rad', 'kg'])
    expect(spec.agents[1]).toMatchObject({
      observationNames: ['angle', 'load'],
      observationUnits: ['rad', 'kg'],
      actuators: ['action_0'],
    })
  })

  test('has the mean of the rewards, and whole numbers as numbers', async () => {
    const episode = await open(file, (dataset) => dataset.read(1))
    expect([...episode.rewards]).toEqual(rows(1, 30, 1, 0.5))
    const whole = (t: number) => [0, 0, 1, 1].map((agent) => 1000 * agent + 100 + t)
    expect([...episode.states]).toEqual(Array.from({ length: 31 }, (_, t) => whole(t)).flat())
    expect([...episode.observations.subarray(0, 4)]).toEqual(whole(0))
    expect([...episode.actions.subarray(0, 4)]).toEqual([100, 100, 101, 101])
  })
})

describe('a single agent', () => {
  const alone = (observations: Parameters<typeof build>[0]) =>
    build({
      ...observations,
      'episode_0/actions': table(4, 2, (i) => i),
      'episode_0/rewards': series(4),
      'episode_0/terminations': series(4, () => 0),
      'episode_0/truncations': series(4, () => 0),
    })

  test('is agent_0; its observation is the state; a recording that just stops is cut, not failed', async () => {
    const path = await alone({ 'episode_0/observations': table(5, 3, (i) => i) })
    const { spec, joinedState } = await open(path, (dataset) => dataset)
    const episode = await open(path, (dataset) => dataset.read(0))
    expect([spec.name, joinedState, spec.agents.map(({ name }) => name)]).toEqual([
      'built',
      true,
      ['agent_0'],
    ])
    expect(spec.stateNames).toEqual(['agent_0.obs_0', 'agent_0.obs_1', 'agent_0.obs_2'])
    expect([spec.actionLow, spec.actionHigh]).toEqual([0, 7])
    expect(episode).toMatchObject({ length: 4, terminated: false, truncated: true })
    expect([...episode.observations]).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  test('that observes a Dict observes all of it, in the order of the keys', async () => {
    const path = await alone({
      'episode_0/observations/goal': series(5, (i) => 50 + i),
      'episode_0/observations/arm/x': table(5, 2, (i) => i),
    })
    const { spec } = await open(path, (dataset) => dataset)
    expect(spec.agents[0]!.observationNames).toEqual(['x_0', 'x_1', 'goal_0'])
    const episode = await open(path, (dataset) => dataset.read(0))
    expect([...episode.observations.subarray(0, 6)]).toEqual([0, 1, 50, 2, 3, 51])
  })
})

describe('bounds of actions', () => {
  const boundsOf = async (attributes: Record<string, string | number>, value = (i: number) => i / 16) => {
    const actions = { 'episode_0/actions/agent_0': table(4, 1, value) }
    const { spec } = await open(await build(changed(actions), attributes), (dataset) => dataset)
    return [spec.actionLow, spec.actionHigh]
  }

  test('are the attributes, else those of Minari, else -1 to 1 or what the actions span', async () => {
    expect(await boundsOf({ action_low: -3, action_high: 5 })).toEqual([-3, 5])
    const minari =
      '{"type": "Dict", "subspaces": {"a": {"type": "Box", "low": [-2.0, -1.0], "high": [0.5, 4.0]}}}'
    expect(await boundsOf({ action_space: minari })).toEqual([-2, 4])
    expect(await boundsOf({})).toEqual([-1, 1])
    expect(await boundsOf({}, (i) => 10 * i)).toEqual([0, 30])
    expect(await boundsOf({ action_space: '{"low": ["-Infinity"], "high": ["Infinity"]}' })).toEqual([-1, 1])
  })
})

test('agents that differ in size can be described, but not read for the networks', async () => {
  const wide = (name: string) => ({ [`${name}/observations/agent_1`]: table(5, 6) })
  const path = await build(changed({ ...wide('episode_0'), ...wide('episode_1'), ...wide('episode_2') }))
  const { spec } = await open(path, (dataset) => dataset)
  expect(spec.agents.map(({ observationNames }) => observationNames.length)).toEqual([2, 6])
  await expect(open(path, (dataset) => dataset.read(0))).rejects.toMatchObject({ code: 'unequal_agents' })
})

test('reading tells how far it is', async () => {
  const seen: [number, number][] = []
  const dataset = await Dataset.open(join(data, 'tuples.hdf5'), (done, all) => seen.push([done, all]))
  dataset.close()
  dataset.close()
  expect(seen).toEqual([
    [1, 2],
    [2, 2],
  ])
})
