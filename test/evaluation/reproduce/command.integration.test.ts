// npm run reproduce on a run that has hardly been trained.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TrainFlags } from '../../../src/algorithms/train-flags.ts'
import { trainRun } from '../../../src/algorithms/train-run.ts'
import { parseFlags } from '../../../src/common/config.ts'
import { readModel, readWithoutOffset } from '../../../src/evaluation/reproduce/candidates.ts'
import { ReproduceFlags, reproduceCommand } from '../../../src/evaluation/reproduce/command.ts'
import type { CheckResult } from '../../../src/evaluation/reproduce/reproduce.ts'
import { quiet, TASK } from '../../runs/fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'dima-'))
const run = join(folder, 'run')
const config = join(run, 'config.json')

beforeAll(async () => {
  const argv = ['--task', TASK, '--algorithm', 'world-model', '--preset', 'debug', '--steps', '1000']
  const flags = parseFlags(TrainFlags, [...argv, '--cores', '1', '--out', run])
  await trainRun(flags, { reporter: quiet, signal: new AbortController().signal, command: 'test' })
}, 180_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const few = ['--run', run, '--episodes', '1', '--segments', '20']
async function command(...argv: string[]) {
  const said: string[] = []
  const passed = await reproduceCommand(parseFlags(ReproduceFlags, [...few, ...argv]), (text) =>
    said.push(text),
  )
  return { passed, said: said.join('\n') }
}

test('writes what it found, and says that a check was missed', async () => {
  const { passed, said } = await command('--checks', '7,12')
  expect(passed).toBe(false)
  expect(said).toContain('check 7 missed: F-space loss')
  const report = JSON.parse(readFileSync(join(run, 'reproduce.json'), 'utf8'))
  expect(report).toMatchObject({ episodes: 1, segments: 20, seed: 1, reference: true })
  const results: CheckResult[] = report.results
  expect(results.map(({ check, skipped }) => [check, skipped])).toEqual([
    [7, undefined],
    [12, 'the run has no policy'],
  ])
  expect(results[0]!.findings[0]).toMatchObject({ verdict: 'pass', low: 0.9, high: 1.1 })
})

test('refuses what it can’t check', async () => {
  for (const [argv, message] of [
    [['--checks', '6'], 'there is no check 6'],
    [['--without-offset', run], 'was trained with offset noise'],
  ] as const)
    await expect(command(...argv)).rejects.toThrow(message)
})

test('a run without offset noise is told by its configuration; one that says nothing has 0.3', async () => {
  const model = await readModel(run)
  expect(model.networks.denoiser.offsetNoise).toBe(0.3)
  const record = JSON.parse(readFileSync(config, 'utf8'))
  expect(record.config.networks.denoiser).not.toHaveProperty('offsetNoise')
  record.config.networks.denoiser.offsetNoise = 0
  writeFileSync(config, JSON.stringify(record))
  expect((await readWithoutOffset(run, model)).networks.denoiser.offsetNoise).toBe(0)
  const other = { ...model, task: { ...model.task, name: 'Ant-2x4' } }
  await expect(readWithoutOffset(run, other)).rejects.toThrow('is of another task')
})
