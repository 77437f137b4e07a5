import { expect, test } from 'vitest'
import {
  learningContent,
  learningCurveSvg,
  learningFigure,
  movingMean,
} from '../../src/report/figures/learning-curves.ts'
import { paperReturns } from '../../src/report/paper-returns.ts'
import { returnOf } from './run-folders.ts'
import { runOf, tasksOf } from './runs.ts'
import { assertWellFormed } from './well-formed.ts'

const TWO_BY_TWO = [
  { algorithm: 'dima', seed: 1 },
  { algorithm: 'dima', seed: 2 },
  { algorithm: 'mappo', seed: 1 },
  { algorithm: 'mappo', seed: 2 },
] as const

const panelsOf = (...args: Parameters<typeof tasksOf>) => learningContent(tasksOf(...args)).panels
const linesOf = (panels: ReturnType<typeof panelsOf>, title: string) =>
  panels.find((panel) => panel.title.startsWith(title))!.lines

test('the mean lies between the seeds, and the band reaches from one to the other', () => {
  const lines = linesOf(panelsOf(TWO_BY_TWO), 'Evaluations')
  expect(lines.map(({ name, thin = false }) => [name, thin])).toEqual([
    ['dima-seed1', true],
    ['dima-seed2', true],
    ['dima small joint, mean', false],
    ['mappo-seed1', true],
    ['mappo-seed2', true],
    ['mappo small, mean', false],
  ])
  const mean = lines[2]!
  expect(mean.points).toHaveLength(10)
  for (const [i, steps] of [1000, 2000, 3000].entries()) {
    const [first, second] = [returnOf('dima', 1, steps), returnOf('dima', 2, steps)]
    expect(lines[0]!.points[i]).toEqual([steps, first])
    expect(mean.points[i]).toEqual([steps, (first + second) / 2])
    expect(mean.band![i]).toEqual([steps, first, second])
  }
})

test('the mean goes as far as the shortest seed, single seeds to their ends', () => {
  const [first, second, mean] = linesOf(
    panelsOf([
      { seed: 1, epochs: 12 },
      { seed: 2, epochs: 7 },
    ]),
    'Evaluations',
  )
  expect([first, second, mean].map((line) => line!.points.at(-1)![0])).toEqual([12_000, 7000, 7000])
})

test('a single seed is drawn without a spread', () => {
  const [line, ...others] = linesOf(panelsOf([{ seed: 5 }]), 'Evaluations')
  expect(others).toEqual([])
  expect(line).toMatchObject({ name: 'dima-seed5' })
  expect(line!.band).toBeUndefined()
})

test('groups differ in colour and symbol, seeds of one group do not', () => {
  const lines = linesOf(panelsOf(TWO_BY_TWO), 'Evaluations')
  expect(new Set(lines.map(({ colour }) => colour)).size).toBe(2)
  const [dima, mappo] = [lines[2]!, lines[5]!]
  expect(lines[0]!.colour).toBe(dima.colour)
  expect(dima.symbol).not.toBe(mappo.symbol)
})

test("the paper's values are level lines with their numbers, doubtful ones marked", () => {
  const lines = linesOf(panelsOf(TWO_BY_TWO), 'Evaluations and the paper')
  const paper = lines.filter(({ name }) => name.startsWith('paper'))
  expect(paper.map(({ label }) => label)).toEqual([
    'DIMA 6370 ± 121',
    'MARIE 4045 ± 575',
    'MAMBA 2813 ± 1580',
    'HASAC 2499 ± 1081',
    'HAPPO 2628 ± 893',
    'MAPPO 3196 ± 75 (?)',
  ])
  expect(paper[0]!.points).toEqual([[0, 6370], [10_000, 6370]]) // biome-ignore format: points
  expect(lines).toHaveLength(6 + 6)
})

test.each([
  ['Ant-4x2-v1', ['DIMA', 4766]],
  ['Ant-4x2-v1?physics=mujoco210', ['DIMA', 4766]],
  ['Walker2d-3x2', ['DIMA', 4084]],
])('%s is a task of the paper', (task, [method, mean]) =>
  expect(paperReturns(task)[0]).toMatchObject({ method, mean, doubtful: expect.any(Boolean) }),
)

test('a task that the paper lacks has no such lines, and the caption says so', () => {
  const taskRuns = tasksOf([{ task: 'Swimmer-2x1' }])
  const { panels, caption } = learningContent(taskRuns)
  expect(linesOf(panels, 'Evaluations and the paper')).toEqual([])
  expect(caption).toContain('no results for this task')
  expect(learningFigure(taskRuns)!.svg).not.toContain('the paper')
})

test('where one algorithm goes on much longer there is a panel of the steps that both made', () => {
  const panels = panelsOf([{ algorithm: 'dima', epochs: 4 }, { algorithm: 'mappo', epochs: 40 }]) // biome-ignore format: runs
  const lines = linesOf(panels, 'Evaluations, the first 4,000 steps')
  expect(lines.map(({ points }) => points.at(-1)![0])).toEqual([4000, 4000])
  expect(
    panelsOf(TWO_BY_TWO)
      .map(({ title }) => title)
      .join(),
  ).not.toContain('the first')
})

test('the mean of played episodes takes the latest ten', () => {
  const points = Array.from({ length: 12 }, (_, i) => [i, i] as const)
  const means = movingMean(points)
  expect(means[0]).toEqual([0, 0])
  expect(means[3]).toEqual([3, 1.5])
  expect(means[11]).toEqual([11, (2 + 11) / 2])
})

test('played episodes are without those of exploration', () => {
  const { task, groups } = tasksOf([{ seed: 1 }])
  const [run] = groups[0]!.runs
  const explored = (played: string) => ({
    epoch: 3,
    steps: 2500,
    episode_return: -1e6,
    played,
  })
  const pointsWith = (...lines: ReturnType<typeof explored>[]) => {
    const runs = [{ ...run!, metrics: [...run!.metrics, ...lines] }]
    const { panels } = learningContent({ task, groups: [{ ...groups[0]!, runs }] })
    return linesOf(panels, 'Played episodes')[0]!.points
  }
  expect(pointsWith(explored('random'), explored('mean'))).toEqual(pointsWith())
  expect(pointsWith(explored('sampled'))).not.toEqual(pointsWith())
})

test('runs that were never evaluated show their played episodes alone', () => {
  const svg = learningFigure(tasksOf([{ without: ['evaluation_return'] }]))!.svg
  expect(svg).toContain('Played episodes')
  expect(svg).not.toContain('>Evaluations')
})

test('without any return there is no figure', () => {
  expect(learningFigure(tasksOf([{ without: ['evaluation_return', 'episode_return'] }]))).toBeUndefined()
})

test('the curve of one run for its card', () => {
  const run = runOf({ seed: 4 })
  const svg = learningCurveSvg(run, 'return of <this> run')!
  assertWellFormed(svg)
  expect(svg).toContain('return of &#60;this&#62; run')
  expect(svg).toContain('DIMA 6370 ± 121')
  expect(svg).toContain('fill-opacity="0.18"')
  expect(learningCurveSvg({ ...run, metrics: [] }, 'none')).toBeUndefined()
})
