// Episodes of a published model, imagined and true.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseFlags } from '../../../src/common/config.ts'
import { observedIn } from '../../../src/env/closed-form.ts'
import { taskSpec } from '../../../src/env/make-env.ts'
import { Dataset } from '../../../src/episodes/dataset/dataset.ts'
import { packEpisode } from '../../../src/episodes/replay/episode.ts'
import { DatasetFlags, datasetCommand } from '../../../src/evaluation/dataset/command.ts'
import { published } from '../../export/fixture.ts'
import { temporaryFolder } from '../../runs/data.ts'
import { quiet } from '../../runs/fixture.ts'
import { useCpu } from '../../worlds/dima/networks/fixture.ts'

beforeAll(useCpu)

let models: string
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'dima-models-'))
  await published(true, models, { terminates: false })
  await published(false, models)
})

afterAll(() => rmSync(models, { recursive: true, force: true }))

const command = (...argv: string[]) =>
  datasetCommand(parseFlags(DatasetFlags, ['--models', models, ...argv]), quiet)

async function read(...argv: string[]) {
  const out = join(temporaryFolder(), 'out.hdf5')
  await command('--out', out, ...argv)
  const dataset = await Dataset.open(out)
  dataset.close()
  const episodes = await Dataset.open(out)
  const all = episodes.episodes.map((_, i) => episodes.read(i))
  episodes.close()
  return { spec: dataset.spec, episodes: all }
}

test('imagined episodes begin in the starts of the model and follow from seed and number', async () => {
  const flags = ['--from-model', 'cheetah/1', '--horizon', '5', '--seed', '3']
  const { spec, episodes } = await read(...flags, '--episodes', '3')
  expect(spec).toMatchObject({ name: 'HalfCheetah-2x3-v1', episodeLimit: 5 })
  expect(spec.stepSeconds).toBe(taskSpec('HalfCheetah-2x3').stepSeconds)
  expect(episodes.length).toBe(3)
  for (const { length, states, truncated, terminated } of episodes) {
    expect([...states.slice(0, 17)]).toEqual(Array(17).fill(0.25))
    expect([length, truncated, terminated]).toEqual([5, true, false])
  }
  expect(episodes[0]!.actions).not.toEqual(episodes[1]!.actions)
  const more = await read(...flags, '--episodes', '2')
  for (const i of [0, 1]) expect(packEpisode(more.episodes[i]!).equals(packEpisode(episodes[i]!))).toBe(true)
  const other = await read('--from-model', 'cheetah/1', '--horizon', '5', '--seed', '4', '--episodes', '1')
  expect(other.episodes[0]!.actions).not.toEqual(episodes[0]!.actions)
})

test('without a policy actions are random and inside their bounds, and the model ends episodes', async () => {
  const { episodes } = await read('--from-model', 'cheetah/2', '--episodes', '70')
  expect(episodes.filter(({ terminated }) => terminated).length).toBeGreaterThan(0)
  for (const { length, truncated, terminated } of episodes) {
    expect(truncated).toBe(!terminated)
    if (truncated) expect(length).toBe(15)
  }
  const actions = episodes.flatMap((episode) => [...episode.actions])
  expect(Math.max(...actions.map(Math.abs))).toBeLessThanOrEqual(1)
  expect(new Set(actions).size).toBeGreaterThan(10)
})

test('true episodes are those of the environment, and what is seen at their end follows from the state', async () => {
  const out = join(temporaryFolder(), 'true-v0')
  const flags = ['--from-model', 'cheetah/1', '--true', '--mode', 'mean', '--episodes', '1', '--out', out]
  expect(await command(...flags, '--form', 'minari')).toBe(`1 episodes written to ${out}`)
  const dataset = await Dataset.open(out)
  const { length, states, observations } = dataset.read(0)
  expect([length, dataset.spec.name]).toEqual([1000, 'HalfCheetah-2x3-v1'])
  const seen = (t: number) => observedIn(dataset.spec, states.subarray(t * 17, (t + 1) * 17))!
  for (const t of [0, 1, 999]) expect(observations.slice(t * 38, (t + 1) * 38)).toEqual(seen(t))
  dataset.close()
})

test('what can not be is refused by name', async () => {
  const out = ['--out', join(temporaryFolder(), 'x')]
  await expect(command('--from-model', 'horse', ...out)).rejects.toMatchObject({ code: 'unknown_model' })
  await expect(command('--from-model', 'cheetah/1', '--horizon', '16', ...out)).rejects.toThrow(
    'the model imagines at most 15 steps',
  )
})
