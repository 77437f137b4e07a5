import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { restoreConfig } from '../../src/algorithms/algorithms.ts'
import { TrainFlags } from '../../src/algorithms/train-flags.ts'
import { trainRun } from '../../src/algorithms/train-run.ts'
import { parseFlags } from '../../src/common/config.ts'
import { taskSpec } from '../../src/env/make-env.ts'
import { readTrainedModel } from '../../src/evaluation/trained-model.ts'
import { RunFolder, type RunIdentity } from '../../src/runs/run-folder.ts'
import { randomEpisode, temporaryFolder } from './data.ts'
import { configOf, dimaConfigOf, quiet, TASK } from './fixture.ts'

const runOf = (config = configOf(), run: Partial<RunIdentity> = {}): RunIdentity => ({
  config,
  task: taskSpec(TASK),
  origin: { kind: 'environment' },
  ...run,
})
const metricsOf = (folder: RunFolder) => readFileSync(folder.file('metrics.jsonl'), 'utf8')

test('the first claim writes the configuration, command and commit', () => {
  const folder = new RunFolder(temporaryFolder())
  const record = folder.claim(runOf(), 'npm run train')
  expect(folder.record()).toEqual(record)
  expect(record).toMatchObject({ config: configOf(), command: 'npm run train' })
  expect(record.commit).toMatch(/^([0-9a-f]{40}(-dirty)?|unknown)$/)
})

test('a password in the command is not recorded', () => {
  const folder = new RunFolder(temporaryFolder())
  folder.claim(runOf(), 'npm run train -- --env ws://me:secret@127.0.0.1:1?token=abc --task t')
  expect(folder.record().command).toBe('npm run train -- --env ws://***@127.0.0.1:1?*** --task t')
})

test('a second training in the folder is refused, and writes nothing', async () => {
  const path = temporaryFolder()
  const lock = new RunFolder(path).lock()
  const flags = parseFlags(TrainFlags, ['--task', TASK, '--preset', 'debug', '--out', path])
  const control = { reporter: quiet, signal: new AbortController().signal, command: 'second' }
  await expect(trainRun(flags, control)).rejects.toThrow(
    new RegExp(
      `${path} is in use by process ${process.pid} on .*: wait for its end, stop it, or choose another --out`,
    ),
  )
  expect(readdirSync(path)).toEqual(['lock.json'])
  lock.release()
})

test('a damaged or missing episode is named, with what to delete', () => {
  const folder = new RunFolder(temporaryFolder())
  folder.saveEpisode(2, randomEpisode(3, 'truncated', 'x'))
  const path = folder.file('episodes/2.msgpack')
  const bytes = readFileSync(path)
  bytes[bytes.length - 1]! ^= 1
  writeFileSync(path, bytes)
  const advice = /delete .*checkpoint\.msgpack and the episodes from 2 on: the same command then trains/
  expect(() => folder.loadEpisode(2)).toThrow(/2\.msgpack is damaged, its bytes do not match their digest/)
  expect(() => folder.loadEpisode(2)).toThrow(advice)
  expect(() => folder.loadEpisode(3)).toThrow(/3\.msgpack is missing: .* the episodes from 3 on/)
})

test('a damaged line of metrics is named', () => {
  const folder = new RunFolder(temporaryFolder())
  writeFileSync(folder.file('metrics.jsonl'), '{"epoch":1}\n{"epoch"~1}\n{"epoch":2}\n')
  expect(() => folder.rewindMetrics(1)).toThrow(/metrics\.jsonl is damaged: .* the line \{"epoch"~1\}/)
})

test('the same configuration may go on, and the record stays', () => {
  const folder = new RunFolder(temporaryFolder())
  const first = folder.claim(runOf(), 'first')
  expect(folder.claim(runOf(), 'second')).toEqual(first)
})

test.each([
  ['seed', configOf({ seed: 6 })],
  ['threads', configOf({ threads: 2 })],
  [
    'networks.reward.dropout',
    ((c) => ({ ...c, networks: { ...c.networks, reward: { ...c.networks.reward, dropout: 0.5 } } }))(
      configOf(),
    ),
  ],
  [
    'hyperparameters.recency.3',
    ((c) => ({ ...c, hyperparameters: { ...c.hyperparameters, recency: [0.1, 0.1, 0.1, 0.6] } }))(configOf()),
  ],
])('another %s is refused by name', (field, config) => {
  const folder = new RunFolder(temporaryFolder())
  folder.claim(runOf(), '')
  expect(() => folder.claim(runOf(config), '')).toThrow(
    expect.objectContaining({
      code: 'invalid_config',
      message: expect.stringContaining(`holds another run: ${field} differs`),
    }),
  )
})

test('other steps change the record, which keeps what it was', () => {
  const folder = new RunFolder(temporaryFolder())
  const run = (change: Parameters<typeof dimaConfigOf>[0]) => runOf(dimaConfigOf(change))
  const { commit, startedAt } = folder.claim(run({ steps: 3000 }), 'first')
  const record = folder.claim(run({ steps: 4000 }), 'second')
  const before = [{ steps: 3000, command: 'first', commit, startedAt }]
  expect(record).toMatchObject({ config: { steps: 4000 }, command: 'second', before })
  expect(folder.claim(run({ steps: 4000 }), 'third')).toEqual(record)
  expect(() => folder.claim(run({ steps: 5000, seed: 9 }), '')).toThrow('seed differs')
  expect(folder.record()).toEqual(record)
})

test('but not where all is collected before anything is trained', () => {
  const folder = new RunFolder(temporaryFolder())
  const { hyperparameters } = configOf()
  const run = (steps: number) =>
    runOf(configOf({ steps, hyperparameters: { ...hyperparameters, trainingEpochs: 5 } }))
  folder.claim(run(3000), '')
  expect(() => folder.claim(run(4000), '')).toThrow('steps differs')
})

test('a source whose task has become another is refused by name', () => {
  const folder = new RunFolder(temporaryFolder())
  folder.claim(runOf(), '')
  const task = { ...taskSpec(TASK), stateNames: ['other', ...taskSpec(TASK).stateNames.slice(1)] }
  expect(() => folder.claim(runOf(configOf(), { task }), '')).toThrow('task.stateNames.0 differs')
})

test('a file with other bytes is refused, one that has moved is not', () => {
  const folder = new RunFolder(temporaryFolder())
  const origin = (file: string, sha256: string) =>
    runOf(configOf(), { origin: { kind: 'dataset', file, sha256, heldOut: 0.1 } })
  folder.claim(origin('a.hdf5', '00'), '')
  expect(folder.claim(origin('b.hdf5', '00'), '').origin).toMatchObject({ file: 'a.hdf5' })
  expect(() => folder.claim(origin('a.hdf5', '11'), '')).toThrow('origin.sha256 differs')
  expect(() => folder.claim(runOf(), '')).toThrow('origin.kind differs')
})

test('a run whose reward is worded anew goes on', () => {
  const folder = new RunFolder(temporaryFolder())
  folder.claim(runOf(), 'old')
  const task = { ...taskSpec(TASK), reward: 'in other words' }
  expect(folder.claim(runOf(configOf(), { task }), 'again').command).toBe('old')
  folder.reword('in better words')
  expect(folder.record()).toMatchObject({ command: 'old', task: { ...task, reward: 'in better words' } })
})

test('a run from before sources were recorded is one of our own tasks', () => {
  const folder = new RunFolder(temporaryFolder())
  const { task: _, origin: __, ...old } = folder.claim(runOf(), 'old')
  writeFileSync(folder.file('config.json'), JSON.stringify(old))
  expect(folder.record()).toMatchObject(runOf())
  expect(folder.claim(runOf(), 'again').command).toBe('old')
})

test('a run from before policies were learned is of a world model alone', () => {
  const folder = new RunFolder(temporaryFolder())
  const record = folder.claim(runOf(), 'old')
  const { algorithm: _, policy: __, device: ___, ...config } = record.config as ReturnType<typeof configOf>
  const { behaviour: ____, evaluation: _____, ...hyperparameters } = config.hyperparameters
  writeFileSync(
    folder.file('config.json'),
    JSON.stringify({ ...record, config: { ...config, hyperparameters } }),
  )
  expect(folder.record(restoreConfig).config).toEqual(configOf())
  expect(folder.claim(runOf(), 'again', restoreConfig).command).toBe('old')
})

test('a run from before an option came has its default', () => {
  const folder = new RunFolder(temporaryFolder())
  const record = folder.claim(runOf(), 'old')
  const { finalEpochs: _, ...hyperparameters } = configOf().hyperparameters
  const config = { ...record.config, hyperparameters }
  writeFileSync(folder.file('config.json'), JSON.stringify({ ...record, config }))
  expect(folder.record(restoreConfig).config.hyperparameters).toMatchObject({ finalEpochs: 0 })
  expect(folder.claim(runOf(), 'again', restoreConfig).command).toBe('old')
})

test('resuming drops the lines of later epochs, and half a line', () => {
  const folder = new RunFolder(temporaryFolder())
  for (const epoch of [1, 1, 2, 3]) folder.logMetrics({ epoch, loss: 0.5 })
  writeFileSync(folder.file('metrics.jsonl'), `${metricsOf(folder)}{"epoch":2,"lo`)
  folder.rewindMetrics(2)
  expect(metricsOf(folder)).toBe('{"epoch":1,"loss":0.5}\n{"epoch":1,"loss":0.5}\n{"epoch":2,"loss":0.5}\n')
  folder.rewindMetrics(0)
  expect(metricsOf(folder)).toBe('')
})

test('a number that JSON has no word for is refused, not written as null', () => {
  const folder = new RunFolder(temporaryFolder())
  expect(() => folder.logMetrics({ epoch: 1, loss: Number.NaN })).toThrow('loss is NaN')
  expect(existsSync(folder.file('metrics.jsonl'))).toBe(false)
})

test('rewinding without metrics writes nothing', () => {
  const folder = new RunFolder(temporaryFolder())
  folder.rewindMetrics(3)
  expect(existsSync(folder.file('metrics.jsonl'))).toBe(false)
})

test('reading a run that does not exist says so and makes no folder', async () => {
  const path = join(temporaryFolder(), 'mistyped')
  await expect(readTrainedModel(path)).rejects.toThrow(/there is no run folder .*mistyped/)
  expect(existsSync(path)).toBe(false)
})

test('a folder that is only looked at is not made', () => {
  const path = join(temporaryFolder(), 'mistyped')
  expect(new RunFolder(path).file('evaluation.json')).toBe(join(path, 'evaluation.json'))
  expect(existsSync(path)).toBe(false)
})

test.each(['', '{"config": {"algorithm": ', 'null', '[]', '{"config": null}'])(
  'a config.json that says %j is damaged, in one sentence',
  (text) => {
    const folder = new RunFolder(temporaryFolder())
    folder.claim(runOf(), 'first')
    writeFileSync(folder.file('config.json'), text)
    const damaged = { code: 'invalid_config', message: expect.stringContaining('config.json is damaged') }
    expect(() => folder.record()).toThrow(expect.objectContaining(damaged))
    expect(() => folder.claim(runOf(), 'again')).toThrow(expect.objectContaining(damaged))
  },
)
