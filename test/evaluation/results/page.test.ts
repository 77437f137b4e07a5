// The page in the repository is the one that its summaries make.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseConfig } from '../../../src/common/config.ts'
import { ResultsFlags, resultsCommand } from '../../../src/evaluation/results/command.ts'
import { resultsFigure } from '../../../src/evaluation/results/figure.ts'
import { withResults } from '../../../src/evaluation/results/page.ts'
import { readStepTimes, STEP_TIMES } from '../../../src/evaluation/results/step-times.ts'
import { readSummaries, summaryFile, summaryText } from '../../../src/evaluation/results/summary.ts'
import { emptyFolder } from '../../report/run-folders.ts'
import { summaryOf } from './run-summary.ts'

const root = resolve(import.meta.dirname, '../../..')
const docs = (name: string) => readFileSync(join(root, 'docs', name), 'utf8')
const runs = readSummaries(join(root, 'bench/runs'))
const times = readStepTimes(join(root, STEP_TIMES))

test('its tables and its figure are what npm run results writes', () => {
  expect(runs.length).toBeGreaterThan(0)
  expect(withResults(docs('results.md'), runs, times)).toBe(docs('results.md'))
  expect(resultsFigure(runs)).toBe(docs('tasks.svg'))
})

test('summaries are as they are written, a few kilobytes, and tell nothing of a machine', () => {
  for (const run of runs) {
    const text = readFileSync(join(root, 'bench/runs', summaryFile(run)), 'utf8')
    expect(text).toBe(summaryText(run))
    expect(text.length).toBeLessThan(12_000)
    expect(text).not.toMatch(/["\s](\/tmp|\/home|\/root|\/work)\b/)
  }
})

const fail = (why: string) => expect.unreachable(why)

test('the command writes page and figure, and refuses folders without --add', () => {
  const folder = emptyFolder()
  const flags = parseConfig(ResultsFlags, {
    summaries: join(folder, 'runs'),
    docs: folder,
    times: join(folder, 'kinds.json'),
  })
  mkdirSync(flags.summaries)
  writeFileSync(join(flags.summaries, 'one.json'), summaryText(summaryOf()))
  writeFileSync(join(folder, 'results.md'), docs('results.md'))
  expect(() => resultsCommand(['runs/x'], flags, fail)).toThrow(/--add/)
  expect(resultsCommand([], flags, fail)).toContain('from 1 runs')
  expect(readFileSync(join(folder, 'results.md'), 'utf8')).toContain('812 ± 40 (10)')
  expect(readFileSync(join(folder, 'tasks.svg'), 'utf8')).toBe(resultsFigure([summaryOf()]))
})
