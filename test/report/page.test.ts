import { expect, test } from 'vitest'
import { reportPage } from '../../src/report/page.ts'
import { reportSections } from '../../src/report/report.ts'
import { returnTable, runTable } from '../../src/report/tables.ts'
import { returnOf, scores } from './run-folders.ts'
import { runOf, tasksOf } from './runs.ts'

const DATE = new Date('2026-01-02T03:04:05Z')

const pageOf = (...runs: ReturnType<typeof runOf>[]) => reportPage('Runs', DATE, reportSections(runs, []))

test('is one file that loads nothing', () => {
  const html = pageOf(runOf({ errors: scores() }), runOf({ algorithm: 'mappo' }))
  expect(html).toContain("default-src 'none'")
  expect(html).not.toMatch(/<script|<link|<img|src=|@import|url\((?!#)/)
  expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/)
  expect(html.match(/<figure>\s*<svg /g)).toHaveLength(7)
  expect(html).toContain('2026-01-02 03:04 UTC')
})

test('ids inside the figures are there once', () => {
  const html = pageOf(
    runOf({ errors: scores() }),
    runOf({ seed: 2, errors: scores() }),
    runOf({ task: 'Ant-2x4' }),
  )
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
  expect(ids.length).toBeGreaterThan(20)
  expect(new Set(ids).size).toBe(ids.length)
})

test('names from run folders are text, not markup', () => {
  const hostile = '<img src=x onerror=alert(1)>&"'
  const html = reportPage(hostile, DATE, reportSections([runOf({ name: hostile, task: hostile })], [hostile]))
  expect(html).not.toContain('<img')
  expect(html).toContain('&#60;img src=x onerror=alert(1)&#62;&#38;&#34;')
})

test('has a section a task, and says what is missing in it', () => {
  const runs = [
    runOf(),
    runOf({ task: 'Ant-2x4', algorithm: 'mappo', without: ['seconds', 'evaluation_return'] }),
  ]
  const [overview, cheetah, ant] = reportSections(runs, ['x is not a run folder'])
  expect(overview!.notes).toEqual(['x is not a run folder'])
  expect([cheetah!.title, ant!.title]).toEqual(['HalfCheetah-2x3', 'Ant-2x4'])
  expect(cheetah!.notes).toEqual([
    'Left out, as no run has the numbers: imagination error by step (npm run evaluate writes it).',
  ])
  expect(ant!.notes[0]).toMatch(/: imagined against true reward; time by phase; speed; imagination error/)
  expect(ant!.tables).toEqual([])
})

test('the table of runs', () => {
  const { head, rows } = runTable([
    runOf({ epochs: 20, seed: 2 }),
    {
      ...runOf({ algorithm: 'mappo', without: ['evaluation_return', 'seconds'] }),
      commit: 'abcdef0123456789-dirty',
    },
  ])
  expect(rows.every((row) => row.length === head.length)).toBe(true)
  expect(rows[0]).toEqual(
    ['dima-seed2', 'HalfCheetah-2x3', 'dima', 'small', 'joint', '2', '20,000', '1540 ± 25 at 20,000', '13.3 min', '25.0', '1.50', 'unknown'], // biome-ignore format: a row
  )
  expect(rows[1]!.slice(4)).toEqual(['–', '1', '10,000', '–', '–', '–', '–', 'abcdef012-dirty'])
})

test('a run that goes on shows how far it is', () => {
  const run = runOf({ epochs: 20 })
  const [row] = runTable([{ ...run, config: { ...run.config, steps: 100_000 } }]).rows
  expect(row).toContain('20,000 of 100,000')
})

test('returns after round numbers of steps, with the seeds that got so far', () => {
  const table = returnTable(tasksOf([{ seed: 1, epochs: 20 }, { seed: 2, epochs: 12 }]))! // biome-ignore format: runs
  const [group, ...paper] = table.rows
  const at = (steps: number) => (returnOf('dima', 1, steps) + returnOf('dima', 2, steps)) / 2
  expect(group!.slice(0, 5)).toEqual([
    'dima small joint',
    `${at(5000)} ± 28 (2)`, // deviation of two seeds 40 apart: 40 / √2
    `${at(10_000)} ± 28 (2)`,
    `${returnOf('dima', 1, 20_000)} (1)`,
    '–',
  ])
  expect(paper.map((row) => row.at(-1))).toContain('3196 ± 75 (?) (4)')
})
