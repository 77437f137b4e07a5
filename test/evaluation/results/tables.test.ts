// The page's tables, from summaries.
import { expect, test } from 'vitest'
import { curveTable } from '../../../src/evaluation/results/curve-table.ts'
import { errorTable, imaginationTable } from '../../../src/evaluation/results/model-tables.ts'
import { paperTable, returnTable } from '../../../src/evaluation/results/return-tables.ts'
import { runTable, sourceList } from '../../../src/evaluation/results/run-table.ts'
import type { ModelErrors } from '../../../src/evaluation/results/summary.ts'
import { mappoOf, summaryOf } from './run-summary.ts'

const rowOf = (table: string, start: string) =>
  table.split('\n').find((line) => line.startsWith(`| ${start} |`))!
const cells = (table: string, start: string) =>
  rowOf(table, start)
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())

test('returns stand beside our MAPPO at as many steps', () => {
  const sampledActions = { mean: 20.04, by: 'training' } as const
  const table = returnTable([summaryOf({ sampledActions }), mappoOf()])
  expect(cells(table, 'Ant-2x4')).toEqual(['1', '2,000', '812 ± 40 (10)', '20.0', '20.0 (1 seed)'])
})

test('what is missing is said', () => {
  const table = returnTable([
    summaryOf({ plannedSteps: 5000, preset: 'debug' }),
    mappoOf({ task: 'Walker2d-3x2' }),
  ])
  expect(cells(table, 'Ant-2x4').slice(0, 2)).toEqual(['1, debug', '2,000 of 5,000'])
  expect(cells(table, 'Ant-2x4').slice(3)).toEqual(['not measured', 'not run'])
  expect(cells(table, 'Ant-4x2')).toEqual(['–', 'not trained', '–', '–', 'not run'])
  expect(cells(table, 'Walker2d-3x2').at(-1)).toBe('30.0 (1 seed, at 2,500 steps)')
})

test('MAPPO that did not get so far is shown where it ended', () => {
  const table = returnTable([summaryOf({ environmentSteps: 9000 }), mappoOf()])
  expect(cells(table, 'Ant-2x4').at(-1)).toBe('30.0 (1 seed, at 2,500 steps)')
})

test('all algorithms stand side by side at the same steps, as far as they got', () => {
  const evaluations = [[10_000, 0], [30_000, 100], [60_000, 250]] // biome-ignore format: points
  const run = {
    algorithm: 'hasac',
    preset: 'paper',
    evaluations,
    environmentSteps: 60_000,
    plannedSteps: 60_000,
  } as const
  const table = curveTable([summaryOf(run), mappoOf({ task: 'Walker2d-3x2' })])
  expect(cells(table, 'Ant-2x4')).toEqual([
    'hasac, paper',
    '1',
    '50.0',
    '200',
    '–',
    '–',
    '–',
    '250 at 60,000',
  ])
  expect(cells(table, 'Walker2d-3x2').slice(-2)).toEqual(['–', '30.0 at 2,500'])
})

test('the paper’s methods stand beside the mean over our seeds, with what may be misread', () => {
  const meanActions = { mean: 600, by: 'training' } as const
  const table = paperTable([summaryOf({ seed: 2, meanActions }), summaryOf()])
  expect(cells(table, 'Ant-2x4').slice(0, 3)).toEqual(['706 at 2,000 (2 seeds)', '4881 ± 756', '4471 (?)'])
})

const error = (fields: Partial<ModelErrors> = {}): ModelErrors => ({
  set: 'random',
  plan: 'joint',
  seed: 1,
  horizon: 15,
  episodes: 40,
  segments: 2000,
  oneStep: 0.03,
  sum: 1.3,
  persistence: { oneStep: 1, sum: 16 },
  ...fields,
})

test('errors stand by held-out set with persistence, bold where they miss their aim', () => {
  const task = 'HalfCheetah-2x3'
  const table = errorTable([summaryOf({ task, errors: [error(), error({ set: 'mean' })] })])
  expect(cells(table, task).slice(2)).toEqual([
    '2,000',
    '**0.030 / 1.30** (1.000 / 16.00)',
    'not measured',
    '0.030 / 1.30 (1.000 / 16.00)',
    'not measured',
  ])
  expect(table).toMatch(/\n\nDIMA was not trained in: Ant-2x4, .*, DexHands-Pen\.$/)
})

test('models of every kind stand beside each other, with what a step of them costs', () => {
  const [task, preset] = ['HalfCheetah-2x3', 'small']
  const timed = { kind: 'marie', task, preset, rows: 1, millisecondsPerStep: 4.321 }
  const times = [timed, { ...timed, kind: 'dima' }, { ...timed, rows: 64, millisecondsPerStep: 1.987 }]
  const marie = summaryOf({ task, algorithm: 'marie', errors: [error()] })
  const rows = errorTable([marie, summaryOf({ task }), mappoOf({ task })], times)
    .split('\n')
    .slice(2, 4)
  const [dima, other] = rows.map((row) => row.split(' | '))
  expect([dima![1], dima!.at(-1)]).toEqual(['dima', '4.3 / – |'])
  expect([other![1], other![4], other!.at(-1)]).toEqual([
    'marie',
    '0.030 / 1.30 (1.000 / 16.00)',
    '4.3 / 2.0 |',
  ])
})

test('imagined rewards and ends are bold where they are far from the true ones', () => {
  const stretch = { steps: 1, imaginedReward: 1, playedReward: 0.5, imaginedEnds: 0.001, playedEnds: 0.001 }
  const imagination = [{ ...stretch, imaginedReward: 99 }, ...Array(4).fill(stretch)]
  const reward = { imagined: 1.2, real: 1, relativeError: 0.2 }
  const good = summaryOf({ imagination })
  const bad = summaryOf({ seed: 2, reward, imagination: [{ ...stretch, playedEnds: 0 }] })
  const [first, second] = imaginationTable([bad, good]).split('\n').slice(2)
  expect(first).toBe('| Ant-2x4 | dima | 1 | not measured | – | 1.000 / 0.500 | 1.0 / 1.0 |')
  expect(second).toBe('| Ant-2x4 | dima | 2 | 1.200 / 1.000 | **20.0 %** | 1.000 / 0.500 | **1.0 / 0.0** |')
})

test('every run has its cost and its command', () => {
  const { command: _, processorSeconds: __, ...old } = summaryOf({ task: 'Ant-4x2', source: 'a card' })
  const table = runTable([mappoOf(), summaryOf(), old])
  expect(
    table
      .split('\n')
      .slice(2)
      .map((row) => row.split(' | ').slice(0, 2).join()),
  ).toEqual(['| Ant-2x4,dima', '| Ant-2x4,mappo', '| Ant-4x2,dima'])
  expect(cells(table, 'Ant-2x4').slice(3)).toEqual([
    ...['40.0 s', '1.0 min', '30.0'],
    '`npm run train -- --task Ant-2x4`',
    '`ccccccccc`',
  ])
  expect(cells(table, 'Ant-4x2').slice(4, 7)).toEqual(['not recorded', '–', 'not recorded'])
  expect(sourceList([summaryOf(), old])).toBe('* Ant-4x2, dima, seed 1: a card')
})
