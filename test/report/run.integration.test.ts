import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolveConfig } from '../../src/algorithms/dima/config.ts'
import { TrainFlags } from '../../src/algorithms/train-flags.ts'
import { parseFlags } from '../../src/common/config.ts'
import { DimaError } from '../../src/common/errors.ts'
import { taskSpec } from '../../src/env/make-env.ts'
import { pointsOf } from '../../src/report/metrics.ts'
import { type Run, readRun, readRuns } from '../../src/report/run.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { emptyFolder, scores, writeRun } from './run-folders.ts'

const metricsOf = (path: string) => join(path, 'metrics.jsonl')
const read = (path: string) => readRun(path) as Run

function errorOf(path: string): DimaError {
  try {
    readRun(path)
  } catch (error) {
    if (error instanceof DimaError) return error
  }
  throw new Error('no DimaError')
}

test('a run has the name of its folder and belongs to runs like it', () => {
  const path = writeRun(emptyFolder(), { name: 'first', algorithm: 'mappo', seed: 3 })
  writeFileSync(join(path, 'evaluation.json'), JSON.stringify({ ...scores(), somethingNew: 1 }))
  const run = read(path)
  expect(run).toMatchObject({ name: 'first', group: 'mappo small', algorithm: 'mappo' })
  expect(run.config.seed).toBe(3)
  expect(run.errors!.plans.map(({ plan }) => plan)).toEqual(['joint', 'sequential'])
  expect(pointsOf(run.metrics, 'steps', 'evaluation_return')).toHaveLength(10)
})

test.each([
  [['--plan', 'sequential'], 'dima debug sequential'],
  [[], 'dima debug joint'],
  [['--algorithm', 'world-model'], 'world-model debug'],
])('a folder that train %j began belongs to %s', (flags, group) => {
  const path = emptyFolder()
  const given = parseFlags(TrainFlags, ['--preset', 'debug', ...flags])
  const task = taskSpec(given.task)
  new RunFolder(path).claim({ config: resolveConfig(given), task, origin: { kind: 'environment' } }, 'train')
  expect(read(path).group).toBe(group)
})

test('a run from before there were algorithms is a world model', () => {
  const path = emptyFolder()
  const config = { task: 'Ant-2x4', preset: 'small', seed: 1, steps: 1000 }
  writeFileSync(join(path, 'config.json'), JSON.stringify({ config }))
  expect(read(path)).toMatchObject({ group: 'world-model small', commit: 'unknown', metrics: [] })
  expect(read(path).errors).toBeUndefined()
})

test.each(['{"epoch":11,"steps":11000,"evalua', '{"epoch":11', '{'])(
  'a last line cut off at %s is left out',
  (half) => {
    const path = writeRun(emptyFolder())
    const whole = read(path).metrics
    appendFileSync(metricsOf(path), half)
    expect(read(path).metrics).toEqual(whole)
  },
)

test('a last line that lacks nothing but its end counts', () => {
  const path = writeRun(emptyFolder())
  appendFileSync(metricsOf(path), '{"epoch":11,"steps":11000,"episode_return":5}')
  expect(read(path).metrics.at(-1)).toMatchObject({ epoch: 11, episode_return: 5 })
})

test.each(['{"epoch":1,"ste', 'nonsense', '[1]', '7', '{"steps":5}', '{"epoch":1,"steps":{}}', ''])(
  'a line %s inside is an error that names it',
  (line) => {
    const path = writeRun(emptyFolder())
    writeFileSync(metricsOf(path), `{"epoch":1,"steps":1000}\n${line}\n{"epoch":2,"steps":2000}\n`)
    const { code, message, details } = errorOf(path)
    expect(code).toBe('invalid_config')
    expect(message).toContain(`${metricsOf(path)}, line 2 is damaged`)
    expect(details.field).toBe(`${metricsOf(path)}, line 2`)
  },
)

test('numbers that were not finite, null in JSON, are left out', () => {
  const path = writeRun(emptyFolder())
  writeFileSync(metricsOf(path), '{"epoch":1,"steps":1,"loss":null}\n{"epoch":2,"steps":2,"loss":3}\n')
  expect(pointsOf(read(path).metrics, 'steps', 'loss')).toEqual([[2, 3]])
})

test.each([
  ['evaluation.json', '{', /evaluation\.json is damaged/],
  ['evaluation.json', '{"episodes":1}', /evaluation\.json is damaged: .*segments/],
])('a damaged %s, %s, is an error that names it', (name, text, message) => {
  const path = writeRun(emptyFolder())
  writeFileSync(join(path, name), text)
  expect(errorOf(path).message).toMatch(message)
})

test('what is no run is left out by name; a folder named twice is read once', () => {
  const parent = emptyFolder()
  const path = writeRun(parent, { name: 'run' })
  const [folder, file] = [join(parent, 'notes'), join(parent, 'notes.txt')]
  mkdirSync(folder)
  writeFileSync(file, '')
  const { runs, skipped } = readRuns([`${path}/`, folder, path, file, join(parent, 'nowhere')])
  expect(runs.map(({ name }) => name)).toEqual(['run'])
  expect(skipped).toEqual(
    ['notes', 'notes.txt', 'nowhere'].map(
      (name) => `${join(parent, name)} is not a run folder: it has no config.json`,
    ),
  )
  rmSync(parent, { recursive: true })
})

test('runs in folders of one name are told apart by their paths', () => {
  const parent = emptyFolder()
  const paths = ['a', 'b'].map((folder) => writeRun(join(parent, folder), { name: 'seed1' }))
  const other = writeRun(parent, { name: 'seed2' })
  expect(readRuns([...paths, other]).runs.map(({ name }) => name)).toEqual([...paths, 'seed2'])
})

test.each([
  ['not JSON', /is not a run folder: its config\.json is none of a run, .*JSON/],
  ['{"config":{"task":"T","preset":"p","steps":1}}', /is not a run folder: .* none of a run, config .*seed/],
  ['{"compilerOptions":{}}', /is not a run folder/],
])('a folder with another config.json, %s, is passed over', (content, why) => {
  const parent = emptyFolder()
  const run = writeRun(parent, { seed: 1 })
  const other = join(parent, 'other')
  mkdirSync(other)
  writeFileSync(join(other, 'config.json'), content)
  const { runs, skipped } = readRuns([other, run])
  expect(runs).toHaveLength(1)
  expect(skipped).toEqual([expect.stringMatching(why)])
})
