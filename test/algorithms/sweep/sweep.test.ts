// What a file of runs may say, and what it is told when it says something else.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { TrainCommandFlags } from '../../../src/algorithms/sweep/flags.ts'
import { placeInSweep } from '../../../src/algorithms/sweep/place.ts'
import { runOfSweep } from '../../../src/algorithms/sweep/run-of-sweep.ts'
import { readSweep } from '../../../src/algorithms/sweep/sweep.ts'
import { parseFlags } from '../../../src/common/config.ts'

const folder = mkdtempSync(join(tmpdir(), 'dima-sweep-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'night.jsonl')

function read(lines: (object | string)[], common: object = {}) {
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  )
  return readSweep(path, common as Record<string, unknown>)
}
const foldersOf = (...args: Parameters<typeof read>) => read(...args).map(({ flags }) => flags.out)

test('each line has the flags of one run, with the defaults of a command', () => {
  const runs = read([{ seed: 3, 'steps-per-call': 2 }, '', { task: 'Ant-2x4', algorithm: 'happo' }, ''])
  expect(runs).toMatchObject([
    { line: 1, flags: { task: 'HalfCheetah-2x3', seed: 3, stepsPerCall: 2, preset: 'small' } },
    { line: 3, flags: { task: 'Ant-2x4', algorithm: 'happo', seed: 1 } },
  ])
})

describe('folders', () => {
  test('are those of a command, in one of the sweep', () => {
    expect(foldersOf([{ seed: 2 }, { task: 'Ant-2x4-v1', algorithm: 'mappo', preset: 'debug' }])).toEqual([
      'runs/night/halfcheetah-2x3-dima-small-seed2',
      'runs/night/ant-2x4-mappo-debug-seed1',
    ])
  })

  test('tell apart whatever lines differ in, in no order and whatever is said for all', () => {
    const line = { set: 'behaviour.rollouts=300,epochRule=steps', steps: 9000 }
    const name =
      'runs/night/halfcheetah-2x3-dima-small-seed1-set=behaviour.rollouts=300,epochRule=steps-steps=9000'
    expect(foldersOf([line])).toEqual([name])
    expect(foldersOf([{ steps: 9000, set: line.set }], { cores: '2' })).toEqual([name])
  })

  test('have names that file systems take', () => {
    const [short, long] = foldersOf([{ dataset: 'a/../b c.hdf5' }, { dataset: 'x'.repeat(500) }])
    expect(short).toBe('runs/night/halfcheetah-2x3-small-seed1-dataset=a-..-b-c.hdf5')
    expect(long).toMatch(/^runs\/night\/halfcheetah-2x3-small-seed1-[0-9a-f]{12}$/)
  })

  test('of their own are taken as they are', () =>
    expect(foldersOf([{ out: 'elsewhere/x' }])).toEqual(['elsewhere/x']))

  test.each([
    ['the same line twice', [{ seed: 1 }, {}, { seed: 2 }, { seed: 2 }]],
    ['the same folder, written otherwise', [{ out: 'a/b' }, { out: 'a/../a/b/', seed: 2 }]],
  ])('of two lines are never one: %s', (_, lines) =>
    expect(() => read(lines)).toThrow(/night\.jsonl line \d: its folder \S+ is that of line \d$/),
  )
})

test.each<[unknown, string]>([
  ['{"seed": 1', 'line 2: it is no JSON object of flags: {"seed": 1'],
  ['[1]', 'line 2: it is no JSON object of flags: [1]'],
  ['null', 'line 2: it is no JSON object'],
  [{ sede: 1 }, 'line 2: there is no flag sede (did you mean seed?)'],
  [{ stepsPerCall: 1 }, 'line 2: there is no flag stepsPerCall (did you mean steps-per-call?)'],
  [{ sweep: 'x' }, 'line 2: there is no flag sweep'],
  ['{"__proto__": {}}', 'line 2: there is no flag __proto__'],
  [{ seed: 1.5 }, 'line 2: --seed'],
  [{ seed: null }, 'line 2: --seed'],
  [{ task: 7 }, 'line 2: --task'],
  [{ algorithm: 'dimma' }, 'line 2: --algorithm'],
  [{ task: 'Ant-2x5' }, 'line 2: Ant has no split 2x5'],
  [{ task: 'Cheetah-2x3' }, 'line 2: no task named Cheetah-2x3 (did you mean'],
  [{ set: 'behaviour.rolouts=3' }, 'line 2: --set behaviour.rolouts=3: no such hyper-parameter'],
  [{ algorithm: 'mappo', plan: 'joint' }, 'line 2: mappo has no --plan'],
  [{ 'held-out': 0.5 }, 'line 2: --held-out is of the episodes of --dataset'],
  [{ env: 'ws://x', dataset: 'y' }, 'line 2: --env and --dataset exclude each other'],
  [{ cores: 3 }, 'line 2: --cores stands on the command line, for all runs'],
])('a wrong line is named: %j', (line, message) => {
  expect(() => read([{}, line as object], { cores: '1' })).toThrow(
    expect.objectContaining({ message: expect.stringContaining(`${path} ${message}`) }),
  )
})

describe('a file that is no sweep', () => {
  test('has nothing in it', () => expect(() => read(['', ' '])).toThrow(`${path} has no runs`))

  test('is too large to have been meant', () => {
    read([{}])
    truncateSync(path, 17 * 2 ** 20)
    expect(() => readSweep(path, {})).toThrow('more than 16 MiB')
  })

  test('is a folder, a device, or not text', () => {
    for (const place of [folder, '/dev/zero']) expect(() => readSweep(place, {})).toThrow('is no file')
    writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d]))
    expect(() => readSweep(path, {})).toThrow('is no text in UTF-8')
  })

  test('is all in one folder', () => expect(() => read([{}], { out: 'x' })).toThrow('--out is one folder'))
})

describe('which run', () => {
  test('is what the flag says, then Kubernetes, then Slurm', () => {
    const env = { JOB_COMPLETION_INDEX: '1', SLURM_ARRAY_TASK_ID: '2' }
    expect(placeInSweep(0, 3, env)).toBe(0)
    expect(placeInSweep(undefined, 3, env)).toBe(1)
    expect(placeInSweep(undefined, 3, { ...env, JOB_COMPLETION_INDEX: '' })).toBe(2)
  })

  test.each<[number | undefined, Record<string, string>, string]>([
    [3, {}, '--index is 3, but the sweep has 3 runs, 0 to 2'],
    [undefined, { SLURM_ARRAY_TASK_ID: '3' }, 'SLURM_ARRAY_TASK_ID is 3, but'],
    [undefined, { JOB_COMPLETION_INDEX: '1e1' }, 'JOB_COMPLETION_INDEX is "1e1", not the number of a run'],
    [undefined, {}, 'the sweep has 3 runs, 0 to 2: say which with --index, JOB_COMPLETION_INDEX or'],
  ])('%s and %j is refused', (index, env, message) => {
    expect(() => placeInSweep(index, 3, env)).toThrow(
      expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(message) }),
    )
  })
})

test('the run is recorded by the command that trains it without the sweep', () => {
  read([{}, { task: 'Ant-2x4', seed: 7 }])
  const argv = ['--sweep', path, '--index', '1', '--cores', '2']
  const run = runOfSweep(parseFlags(TrainCommandFlags, argv), argv, {})!
  expect(run.flags).toMatchObject({ task: 'Ant-2x4', seed: 7, cores: 2 })
  const out = 'runs/night/ant-2x4-dima-small-seed7'
  expect(run.command).toBe(`npm run train -- --cores 2 --task Ant-2x4 --seed 7 --out ${out}`)
  const [, ...again] = run.command.split(' -- ')
  expect(parseFlags(TrainCommandFlags, again[0]!.split(' '))).toMatchObject(run.flags)
})

test('without a sweep there is no index', () => {
  const of = (...argv: string[]) => runOfSweep(parseFlags(TrainCommandFlags, argv), argv, {})
  expect(of('--seed', '2')).toBeUndefined()
  expect(() => of('--index', '2')).toThrow('--index is of a --sweep')
})
