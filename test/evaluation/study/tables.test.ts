import { join } from 'node:path'
import { expect, test } from 'vitest'
import { replaceMarked } from '../../../src/common/marked.ts'
import { noisePanels } from '../../../src/evaluation/study/chart.ts'
import { claimStudy, type DenoiserScores } from '../../../src/evaluation/study/study.ts'
import {
  commonSteps,
  costTable,
  errorTable,
  ratioTable,
  returnTable,
  spread,
  summaryTable,
} from '../../../src/evaluation/study/tables.ts'
import type { Masks } from '../../../src/evaluation/study/train-denoiser.ts'
import { temporaryFolder } from '../../runs/data.ts'

const error = (plan: string, name: 'joint' | 'sequential', oneStep: number) => ({
  plan,
  name,
  order: '-',
  evaluations: name === 'joint' ? 2 : 4,
  embeddings: 1,
  oneStep,
  horizon: 10 * oneStep,
  oneStepShare: oneStep / 2,
  horizonShare: oneStep,
})

const scores = (std: number, mean: 'policy' | 'zero', masks: Masks = 'mixed'): DenoiserScores => ({
  dataSet: { name: `${mean}-${std}`, mean, std },
  masks,
  updates: 5,
  return: 100,
  losses: { oneVisible: 0.2, allVisible: 0.02 },
  errors: [error('joint, K=2', 'joint', 0.1 * std), error('sequential 2,2,1,1', 'sequential', 0.4 * std)],
})
const all = [scores(0.3, 'policy'), scores(0.1, 'policy'), scores(0.3, 'zero'), scores(0.1, 'policy', 'one')]

test('ratios are to the first plan on the same data', () => {
  const lines = ratioTable(all).split('\n')
  expect(lines[2]).toContain('| joint, K=2 | 1.00 / 1.00 | 1.00 / 1.00 |')
  expect(lines[3]).toContain('| sequential 2,2,1,1 | 4.00 / 4.00 | 4.00 / 4.00 |')
})

test('tables have as many cells in every row as in their head', () => {
  const costs = [
    { plan: 'joint, K=2', wallMs: 0.2, cpuMs: 0.2 },
    { plan: 'sequential 2,2,1,1', wallMs: 0.3, cpuMs: 0.3 },
  ]
  const returns = [
    { steps: 10_000, bySeed: [1, 2] },
    { steps: 20_000, bySeed: [3, null] },
  ]
  const group = {
    plan: 'joint',
    masks: 'mixed' as const,
    seeds: [1, 2],
    runs: ['a', 'b'],
    epochSeconds: 3,
    imagineSeconds: 1,
    cpuSeconds: 2,
  }
  const tables = [
    errorTable(all),
    ratioTable(all),
    costTable(all, costs),
    returnTable([
      { ...group, returns },
      { ...group, returns: returns.slice(0, 1) },
    ]),
  ]
  for (const table of tables) {
    const cells = table.split('\n').map((line) => line.split('|').length)
    expect(new Set(cells).size).toBe(1)
  }
  expect(tables[2]).toContain('| 0.300 | 1.50 |')
})

test('the summary has the return of a plan at the last steps that all runs have come to', () => {
  const costs = ['joint, K=2', 'sequential 2,2,1,1'].map((plan) => ({ plan, wallMs: 0.2, cpuMs: 0.2 }))
  const times = { epochSeconds: 3, imagineSeconds: 1, cpuSeconds: 2, seeds: [1, 2], runs: ['a', 'b'] }
  const curve = (...values: (number | null)[][]) =>
    values.map((bySeed, i) => ({ steps: 10_000 * (i + 1), bySeed }))
  const groups = [
    { ...times, plan: 'joint', masks: 'mixed' as const, returns: curve([1, 3], [10, 30], [7, 7]) },
    { ...times, plan: 'sequential', masks: 'one' as const, returns: curve([2, 2], [5, 5], [9, null]) },
  ]
  expect(commonSteps(groups)).toBe(20_000)
  const [head, , joint, sequential] = summaryTable(all, costs, groups).split('\n')
  expect(head).toContain(
    '| error at noise 0.1, mixed masks | error at noise 0.3, mixed masks | processor ms a step | return at 20000 steps |',
  )
  expect(joint).toBe('| joint, K=2 | 0.010 / 0.10 | 0.030 / 0.30 | 0.200 | 20 ± 10 (mixed masks) |')
  expect(sequential).toContain('| 5 ± 0 (one agent visible) |')
})

test('a spread says how many seeds it is of', () => {
  expect(spread([10, 20])).toBe('15 ± 5')
  expect(spread([10, null])).toBe('10 (1 of 2)')
  expect(spread([null])).toBe('–')
})

test('the chart shows mixed masks on data of the policy, by noise', () => {
  const [oneStep, horizon] = noisePanels(all, 'mixed')
  expect(oneStep!.lines.map(({ name }) => name)).toEqual(['joint, K=2', 'sequential 2,2,1,1'])
  expect(oneStep!.lines[1]!.points.map(([x]) => x)).toEqual([0.1, 0.3])
  expect(oneStep!.lines[1]!.points[1]![1]).toBeCloseTo(6, 10)
  expect(horizon!.lines[1]!.points[1]![1]).toBeCloseTo(12, 10)
})

test('marked parts are replaced, the rest stays', () => {
  const text = 'a\n<!-- x -->\nold\n<!-- /x -->\nb\n'
  expect(replaceMarked(text, 'x', 'new')).toBe('a\n<!-- x -->\nnew\n<!-- /x -->\nb\n')
  expect(() => replaceMarked(text, 'y', 'new')).toThrow(/no part <!-- y -->/)
})

test('a folder belongs to one study', () => {
  const out = join(temporaryFolder(), 'study')
  claimStudy(out, { run: 'a', updates: 5 })
  claimStudy(out, { run: 'a', updates: 5 })
  expect(() => claimStudy(out, { run: 'a', updates: 6 })).toThrow(/another study: updates differs/)
})
