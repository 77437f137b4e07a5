// From a file that h5py wrote to a bundle, with no environment anywhere: train -> evaluate -> export -> imagine.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reopenSource } from '../../src/algorithms/reopen-source.ts'
import { TrainFlags } from '../../src/algorithms/train-flags.ts'
import { trainRun } from '../../src/algorithms/train-run.ts'
import { parseFlags } from '../../src/common/config.ts'
import { EvaluateFlags, evaluateCommand } from '../../src/evaluation/command.ts'
import { readTrainedModel } from '../../src/evaluation/trained-model.ts'
import { ExportFlags, exportCommand } from '../../src/export/command.ts'
import { readCard } from '../../src/registry/card.ts'
import { loadBundle, readGraphs, readStarts } from '../../src/registry/load.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { asDima } from '../../src/worlds/dima/serve/spec.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { openSimulator } from '../../src/worlds/open-simulator.ts'
import { build, changed, table } from '../episodes/dataset/build.ts'
import { rolloutOf } from '../inference/fixture.ts'
import { quiet } from './fixture.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'dima-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As the command does; the notes that it gives. */
async function train(...argv: string[]): Promise<string[]> {
  const notes: string[] = []
  const reporter = { ...quiet, note: (text: string) => void notes.push(text) }
  const flags = parseFlags(TrainFlags, ['--preset', 'debug', '--seed', '5', ...argv])
  const finished = await trainRun(flags, { reporter, signal: new AbortController().signal, command: 'train' })
  expect(finished).toBe(true)
  return notes
}

const run = at('run')
const file = at('pulleys.hdf5')
beforeAll(async () => {
  copyFileSync(join(root, 'test/data/minari-dict.hdf5'), file)
  await train('--dataset', file, '--out', run)
})

test('the run folder says what it was trained on', () => {
  const { task, origin, config } = new RunFolder(run).record()
  expect(task.name).toBe('Pulleys-v2')
  expect(origin).toMatchObject({ kind: 'dataset', file, heldOut: 0.1 })
  expect(config).toMatchObject({ task: 'Pulleys-v2', steps: 75 })
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n')
  const lengths = lines.map((line) => JSON.parse(line).episode_length).filter(Boolean)
  expect(lengths).toEqual([25, 30, 20])
})

test('it is evaluated on held-out episodes, exported, and the bundle imagines', async () => {
  await evaluateCommand(parseFlags(EvaluateFlags, ['--run', run, '--segments', '5']))
  await exportCommand(parseFlags(ExportFlags, ['--run', run, '--models', at('models')]), () => {})
  const bundle = await loadBundle(at('models'), KINDS, 'pulleys', '1')
  const { environment, agents, state, training, scores } = bundle.manifest
  expect([environment, agents.map(({ name }) => name), state.length]).toEqual([
    'Pulleys-v2',
    ['left', 'right'],
    3,
  ])
  expect(training).toMatchObject({
    environmentSteps: 75,
    data: expect.stringMatching(
      /^75 recorded steps of Pulleys-v2 from pulleys\.hdf5, sha256 [0-9a-f]{64}; left out: 2 episodes, empty or a single step long, 1 last transitions/,
    ),
  })
  expect(scores).toMatchObject({ episodes: 1, segments: 5 })
  const starts = await readStarts(bundle)
  expect(starts?.map(({ states }) => states[0]![0])).toEqual([2000, 2100, 2900, 3000])
  expect(await readCard(bundle)).toContain('Learned from 75 environment steps')
  const simulator = await openSimulator(KINDS, bundle.manifest, await readGraphs(bundle))
  const { states } = await simulator.rollout(rolloutOf(asDima(bundle.manifest), { horizon: 2 }))
  expect(states.every(Number.isFinite)).toBe(true)
  await simulator.close()
})

describe('the same command again', () => {
  test('is done at once, also when the file has moved', async () => {
    copyFileSync(file, at('moved.hdf5'))
    expect(await train('--dataset', at('moved.hdf5'), '--out', run)).toContain(
      'resumed after epoch 1, 75 environment steps',
    )
  })

  test('is refused when the file is another, or parted otherwise', async () => {
    const other = join(root, 'test/data/tuples.hdf5')
    await expect(train('--dataset', other, '--out', run)).rejects.toThrow('origin.sha256 differs')
    await expect(train('--dataset', file, '--held-out', '0.5', '--out', run)).rejects.toThrow(
      'origin.heldOut differs',
    )
    await expect(train('--out', run)).rejects.toThrow('origin.kind differs')
    await expect(train('--held-out', '0.5', '--out', run)).rejects.toThrow('--held-out is of the episodes')
  })

  test('a run can not be evaluated on another file', async () => {
    const { record } = await readTrainedModel(run)
    const other = { env: '', envTokenVariable: '', envs: 0, dataset: join(root, 'test/data/tuples.hdf5') }
    await expect(reopenSource(record, other, 1)).rejects.toMatchObject({
      code: 'invalid_config',
      message: 'the file is not the one that the run was trained on',
    })
    await expect(reopenSource(record, { ...other, env: 'ws://127.0.0.1:9' }, 1)).rejects.toThrow(
      '--env: the source of this run is another, dataset',
    )
    const source = await reopenSource(record, { ...other, dataset: at('moved.hdf5') }, 1)
    expect((await source.heldOut(5, 1)).map(({ length }) => length)).toEqual([21])
    await source.close()
  })
})

describe('nothing is written for', () => {
  const wide = [0, 1, 2].map((i) => ({ [`episode_${i}/actions/agent_0`]: table(4, 3) }))
  test.each<[string, () => Promise<string[]> | string[], object]>([
    ['a file that is not there', () => ['--dataset', at('none.hdf5')], { code: 'invalid_dataset' }],
    ['a file of another kind', () => ['--dataset', join(root, 'package.json')], { code: 'invalid_dataset' }],
    ['two sources', () => ['--dataset', 'x', '--env', 'ws://127.0.0.1:9'], { code: 'invalid_config' }],
    ['an environment that does not answer', () => ['--env', 'ws://127.0.0.1:9'], { code: 'bridge_lost' }],
    [
      'a policy that would have to be learned from recorded episodes',
      () => ['--dataset', file, '--algorithm', 'dima'],
      { code: 'invalid_config', details: { field: 'algorithm', given: 'dima' } },
    ],
    ['a task that does not exist', () => ['--task', 'Nothing-1x1'], { code: 'unknown_task' }],
    [
      'recorded agents that differ in size',
      async () => ['--dataset', await build(changed(Object.assign({}, ...wide)))],
      { code: 'unequal_agents' },
    ],
  ])('%s', async (_, flags, error) => {
    const argv = await flags()
    await expect(train(...argv, '--out', at('refused'))).rejects.toMatchObject(error)
    expect(existsSync(at('refused'))).toBe(false)
  })
})
