// Hyper-parameters that came to be after a run was begun.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { restoreConfig } from '../../src/algorithms/algorithms.ts'
import { continued } from '../../src/algorithms/continued.ts'
import { type DimaConfig, resolveConfig } from '../../src/algorithms/dima/config.ts'
import { TrainFlags } from '../../src/algorithms/train-flags.ts'
import { parseFlags } from '../../src/common/config.ts'
import { taskSpec } from '../../src/env/make-env.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { temporaryFolder } from '../runs/data.ts'

const flagsOf = (set: string) => parseFlags(TrainFlags, ['--set', set])
const resolve = (set = '') => resolveConfig(flagsOf(set))

/** A run of the preset, begun by a program that had no exploration and no warm-up of the denoiser. */
function olderRun(): RunFolder {
  const folder = new RunFolder(temporaryFolder())
  const config = resolve()
  folder.claim({ config, task: taskSpec(config.task), origin: { kind: 'environment' } }, '')
  const record = JSON.parse(readFileSync(folder.file('config.json'), 'utf8'))
  delete record.config.hyperparameters.exploration
  delete record.config.hyperparameters.denoiser.warmup
  writeFileSync(folder.file('config.json'), JSON.stringify(record))
  return folder
}

const goesOn = (folder: RunFolder, set = ''): DimaConfig => {
  const recorded = folder.record(restoreConfig).config
  const config = continued(resolve(set), recorded, flagsOf(set)) as DimaConfig
  const run = { config, task: taskSpec(config.task), origin: { kind: 'environment' } as const }
  folder.claim(run, '', restoreConfig)
  return config
}

test('stay what they were without being there, and the same command goes on', () => {
  const { exploration, denoiser } = goesOn(olderRun()).hyperparameters
  expect(exploration.share).toBe(0)
  expect(resolve().hyperparameters.exploration.share).toBeGreaterThan(0)
  expect(denoiser).toEqual(resolve().hyperparameters.denoiser) // whose default is the preset's
})

test('are another run where they are asked for', () => {
  expect(() => goesOn(olderRun(), 'exploration.share=0.15')).toThrow(
    'hyperparameters.exploration.share differs',
  )
  expect(goesOn(olderRun(), 'exploration.share=0').hyperparameters.exploration.share).toBe(0)
})

test('what a run was begun with is never taken from the record', () => {
  expect(() => goesOn(olderRun(), 'denoiser.batch=2')).toThrow('hyperparameters.denoiser.batch differs')
})
