// What is wrong with a file is said by file, episode and key, and nothing floods stderr.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { temporaryFolder } from '../../runs/data.ts'
import { build, changed, episode, lastFlag, series, type Tables, table } from './build.ts'

const invalid = (message: string | RegExp) =>
  expect.objectContaining({ code: 'invalid_dataset', message: expect.stringMatching(message) })

test('three sound episodes are accepted', async () => {
  const dataset = await Dataset.open(await build(changed()))
  expect(dataset.episodes.map(({ name, length }) => [name, length])).toEqual([
    ['episode_0', 4],
    ['episode_1', 4],
    ['episode_2', 4],
  ])
  dataset.close()
})

const nan = table(4, 1, (i) => (i === 2 ? Number.NaN : 0))
test.each<[string, Tables, string]>([
  ['no rewards', { 'episode_1/rewards': undefined }, 'built.hdf5: episode_1/rewards: is missing'],
  [
    'no terminations',
    { 'episode_2/terminations': undefined },
    'built.hdf5: episode_2/terminations: is missing',
  ],
  [
    'no actions of an agent',
    { 'episode_1/actions/agent_1': undefined },
    'episode_1/actions/agent_1: is missing',
  ],
  [
    'no observations of an agent',
    { 'episode_0/observations/agent_1': undefined },
    'episode_0/observations/agent_1: is missing',
  ],
  [
    'no state in one',
    { 'episode_1/observations/state': undefined },
    'episode_1/observations/state: is missing',
  ],
  [
    'observations of no agent',
    { 'episode_0/observations/goal': table(5, 2) },
    'episode_0/observations/goal: is no agent of actions',
  ],
  [
    'two agents of one name',
    { 'episode_0/actions/_index_1': table(4, 1), 'episode_0/observations/_index_1': table(5, 2) },
    'episode_0/actions/agent_1: is a second agent called agent_1',
  ],
  ['a NaN', { 'episode_1/actions/agent_0': nan }, 'episode_1/actions/agent_0: row 2, entry 0 is NaN'],
  [
    'an infinity',
    { 'episode_2/rewards': series(4, (i) => 1 / i) },
    'episode_2/rewards: row 0, entry 0 is Infinity',
  ],
  [
    'more than float32 holds',
    { 'episode_0/observations/agent_0': table(5, 2, () => 1e300) },
    'episode_0/observations/agent_0: row 0, entry 0 is 1e\\+300',
  ],
  [
    'another width',
    { 'episode_1/observations/agent_0': table(5, 3) },
    'episode_1/observations/agent_0: has 3 numbers a row, not 2',
  ],
  [
    'fewer actions',
    { 'episode_1/actions/agent_1': table(3, 1) },
    'episode_1/actions/agent_1: has 3 rows, not 4',
  ],
  [
    'observations of the one longer than of the other',
    { 'episode_0/observations/agent_1': table(4, 2) },
    'episode_0/observations/agent_1: has 4 rows, not 5',
  ],
  [
    'too many observations',
    { 'episode_0/observations/agent_0': table(6, 2) },
    'episode_0/observations/agent_0: has 6 rows, not 5 or 4',
  ],
  [
    'a short state',
    { 'episode_0/observations/state': table(3, 3) },
    'observations/state: has 3 rows, not 5 or 4',
  ],
  [
    'rewards of more than float32 holds',
    { 'episode_0/rewards': series(4, (i) => (i === 1 ? -1e39 : 0)) },
    'episode_0/rewards: are more than float32 holds at step 1',
  ],
  [
    'a flag that is neither',
    { 'episode_0/terminations': series(4, (i) => (i === 3 ? 0.5 : 0)) },
    'episode_0/terminations: is 0.5 at step 3, neither true nor false',
  ],
  ['rewards of two', { 'episode_0/rewards': table(4, 2) }, 'episode_0/rewards: has 2 numbers a row, not 1'],
  [
    'a reward for one of four steps',
    { 'episode_1/rewards': series(1) },
    'built.hdf5: episode_1/rewards: has 1 row, not 4: there are actions of 4 steps',
  ],
  [
    'an action for one of four rewards',
    { 'episode_1/actions/agent_0': table(1, 1), 'episode_1/actions/agent_1': table(1, 1) },
    'episode_1/rewards: has 4 rows, not 1: there are actions of 1 steps',
  ],
  [
    'a flag for one of four steps',
    { 'episode_1/terminations': lastFlag(1) },
    'episode_1/terminations: has 1 row, not 4',
  ],
  [
    'an episode of one step with rewards of two',
    { ...episode('episode_1', 1), 'episode_1/rewards': series(2) },
    'episode_1/rewards: has 2 rows, not 1',
  ],
  [
    'a reward without steps',
    { 'episode_1/rewards': { data: new Float64Array(1), shape: [] } },
    'episode_1/rewards: is a single value',
  ],
  ['fewer flags', { 'episode_0/truncations': lastFlag(3) }, 'episode_0/truncations: has 3 rows, not 4'],
  [
    'an end in the middle',
    { 'episode_2/terminations': series(4, (i) => (i === 1 ? 1 : 0)) },
    'episode_2/terminations: is set at step 1 of 4: an episode ends there',
  ],
  [
    'text',
    { 'episode_0/actions/agent_0': { data: ['a', 'b', 'c', 'd'], shape: [4] } },
    'episode_0/actions/agent_0: does not hold numbers',
  ],
  [
    'too few names',
    { 'episode_0/observations/agent_0': { ...table(5, 2), attributes: { names: ['height'] } } },
    'episode_0/observations/agent_0: has 1 names for 2 entries',
  ],
])('%s', async (_, changes, message) => {
  await expect(Dataset.open(await build(changed(changes)))).rejects.toThrow(invalid(message))
})

const ofAgents = (key: string, names: readonly string[]): Tables => ({
  [`episode_1/${key}`]: undefined,
  ...Object.fromEntries(names.map((name) => [`episode_1/${key}/${name}`, lastFlag(4)])),
})

test.each(['rewards', 'terminations', 'truncations'])('%s by agent are those of the agents', async (key) => {
  const opened = async (...names: string[]) => Dataset.open(await build(changed(ofAgents(key, names))))
  ;(await opened('agent_0', 'agent_1')).close()
  await expect(opened('agent_0', 'agent_1', 'team')).rejects.toThrow(
    invalid(`built.hdf5: episode_1/${key}/team: is no agent of actions, which has agent_0, agent_1`),
  )
  await expect(opened('agent_0')).rejects.toThrow(invalid(`built.hdf5: episode_1/${key}/agent_1: is missing`))
})

test.each<[string, Tables, string]>([
  [
    'observations',
    { 'episode_2/observations/team': table(5, 2) },
    'episode_2/observations/team: is not in episode_0',
  ],
  [
    'actions',
    { 'episode_2/actions/team': table(4, 1) },
    'episode_2/actions/team: is not in episode_0, which has actions/',
  ],
  [
    'states',
    { 'episode_0/observations/state': undefined, 'episode_1/observations/state': undefined },
    'episode_2/observations/state: is not in episode_0',
  ],
])('%s of which the first episode knows nothing are refused', async (_, changes, message) => {
  await expect(Dataset.open(await build(changed(changes)))).rejects.toThrow(invalid(message))
})

test('the error has the field, what was expected and what was given', async () => {
  const path = await build(changed({ 'episode_1/observations/agent_0': table(5, 3) }))
  await expect(Dataset.open(path)).rejects.toMatchObject({
    details: { field: 'episode_1/observations/agent_0', expected: 2, given: 3 },
  })
  const lost = await build(changed({ 'episode_1/actions/agent_0': nan }))
  await expect(Dataset.open(lost)).rejects.toMatchObject({
    details: { field: 'episode_1/actions/agent_0[2, 0]', expected: 'finite in float32', given: 'NaN' },
  })
})

test.each<[string, Tables, Record<string, string | number | number[]>, string]>([
  ['no episodes', { 'run_0/rewards': series(3) }, {}, 'built.hdf5: has no groups episode_0, episode_1, ...'],
  ['a dataset in the place of an episode', { episode_0: series(3) }, {}, 'episode_0: is not a group'],
  ['single steps only', episode('episode_0', 1), {}, 'none of 1 episodes has 2 steps'],
  [
    'nothing with a successor',
    { ...episode('episode_0', 2), 'episode_0/observations/state': table(2, 3) },
    {},
    'no episode has 2 steps with a successor',
  ],
  ['another format', changed(), { format: 'dima-dataset/9' }, 'attribute format'],
  ['a spec that is not JSON', changed(), { task_spec: '{' }, 'attribute task_spec'],
  ['a spec with holes', changed(), { task_spec: '{"name": "x"}' }, 'attribute task_spec'],
  ['bounds the wrong way round', changed(), { action_low: 2, action_high: 1 }, 'actions lie between 2 and 1'],
  [
    'bounds that differ',
    changed(),
    { action_low: [-1, -2] },
    'action_low is -1, -2; all entries need the same',
  ],
  ['bounds of other entries', changed(), { action_high: [1, 1, 1] }, 'action_high has 3 numbers, not 1 or 2'],
  ['bounds of text', changed(), { action_high: 'wide' }, 'attribute action_high .* is wide'],
  ['a limit that is text', changed(), { episode_limit: 'long' }, 'attribute episode_limit'],
])('%s', async (_, tables, attributes, message) => {
  await expect(Dataset.open(await build(tables, attributes))).rejects.toThrow(invalid(message))
})

test('a spec of other sizes than the arrays is refused with both', async () => {
  const agents = ['agent_0', 'agent_1'].map((name) => ({
    name,
    actuators: ['a'],
    observationNames: ['b'],
    observationUnits: ['1'],
  }))
  const spec = {
    name: 'x',
    agents,
    actionLow: -1,
    actionHigh: 1,
    actionUnit: '1',
    stateNames: ['s', 't', 'u'],
  }
  const rest = { stateUnits: ['1', '1', '1'], episodeLimit: 4, stepSeconds: 0, reward: '' }
  const path = await build(changed(), { task_spec: JSON.stringify({ ...spec, ...rest }) })
  await expect(Dataset.open(path)).rejects.toThrow(
    invalid('task_spec has the sizes .*\\["agent_0",1,1,1\\].* the arrays .*\\["agent_0",1,2,2\\]'),
  )
  const others = agents.map((agent) => ({ ...agent, name: `other_${agent.name}` }))
  const renamed = await build(changed(), { task_spec: JSON.stringify({ ...spec, ...rest, agents: others }) })
  await expect(Dataset.open(renamed)).rejects.toThrow(
    invalid('has the agents agent_0, agent_1, not other_agent_0'),
  )
})

test('an agent without anything to see or do is refused', async () => {
  const alone: Tables = { 'episode_0/observations/state': table(5, 2), 'episode_0/actions': table(4, 1) }
  const ends = {
    'episode_0/rewards': series(4),
    'episode_0/terminations': lastFlag(4),
    'episode_0/truncations': lastFlag(4),
  }
  await expect(Dataset.open(await build({ ...alone, ...ends }))).rejects.toThrow(
    invalid('episode_0/observations: has nothing of agent_0'),
  )
})

test('what is no HDF5 file, or only the beginning of one, is one line of text', async () => {
  const stderr = vi.spyOn(console, 'error').mockImplementation(() => {})
  const whole = readFileSync(await build(changed()))
  const path = join(temporaryFolder(), 'cut.hdf5')
  for (const length of [0, 4, 8, 40, 500, 2000, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, length))
    await expect(Dataset.open(path)).rejects.toThrow(invalid(/^cut\.hdf5: [^\n]+$/))
  }
  writeFileSync(path, 'episode;reward\n1;2\n')
  await expect(Dataset.open(path)).rejects.toThrow(invalid('cut.hdf5: is not an HDF5 file'))
  await expect(Dataset.open(`${path}.gone`)).rejects.toThrow(invalid('cut.hdf5.gone: there is no such file'))
  expect(stderr).not.toHaveBeenCalled()
  stderr.mockRestore()
})

test('damage in the middle of a file is found, or changes only numbers', async () => {
  const whole = readFileSync(await build(changed()))
  const path = join(temporaryFolder(), 'damaged.hdf5')
  let refused = 0
  for (let at = 8; at < whole.length; at += 97) {
    const bytes = Buffer.from(whole)
    bytes.fill(0xff, at, at + 16)
    writeFileSync(path, bytes)
    const outcome = await Dataset.open(path).catch((error) => error)
    if (outcome instanceof Dataset) outcome.close()
    else {
      expect(outcome).toMatchObject({ code: 'invalid_dataset' })
      refused++
    }
  }
  expect(refused).toBeGreaterThan(10)
})
