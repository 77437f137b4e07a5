// npm run report, as a process of its own.
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { emptyFolder, scores, writeRun } from './run-folders.ts'

interface Ended {
  stdout: string
  stderr: string
  code?: number
}

const run = (...args: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, [
    '--import',
    './src/common/typescript.mjs',
    'src/commands/report.ts',
    ...args,
  ]).catch((error: Ended) => error)

test('writes the page and every figure of the runs among the folders', async () => {
  const parent = emptyFolder()
  const runs = [1, 2].map((seed) => writeRun(parent, { seed }))
  writeFileSync(join(runs[0]!, 'evaluation.json'), JSON.stringify(scores()))
  const notes = join(parent, 'notes')
  mkdirSync(notes)
  const out = join(parent, 'report')
  const { stdout, stderr, code } = await run(runs[0]!, '--out', out, notes, runs[1]!)
  expect(code).toBeUndefined()
  expect(stderr).toContain(`${notes} is not a run folder`)
  expect(stdout).toContain('index.html and 7 figures of 2 runs')
  expect(readdirSync(out).sort()).toEqual([
    'dima-seed1-imagination-error.svg',
    'halfcheetah-2x3-imagined-against-true-reward.svg',
    'halfcheetah-2x3-learning-curves.svg',
    'halfcheetah-2x3-losses.svg',
    'halfcheetah-2x3-policy.svg',
    'halfcheetah-2x3-speed.svg',
    'halfcheetah-2x3-time-by-phase.svg',
    'index.html',
  ])
  const html = readFileSync(join(out, 'index.html'), 'utf8')
  expect(html).toContain(readFileSync(join(out, 'halfcheetah-2x3-losses.svg'), 'utf8').trim())
  expect(html).toContain('notes is not a run folder')
})

test('without a run folder it says how it is called, and fails', async () => {
  const { stderr, code } = await run('--out', join(emptyFolder(), 'report'), emptyFolder())
  expect(code).toBe(1)
  expect(stderr).toContain('npm run report -- runs/*')
})
