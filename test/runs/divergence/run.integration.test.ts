// A run whose numbers explode ends with the reason, keeps its last good checkpoint, and writes nothing that is not finite.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Checkpoint } from '../../../src/algorithms/dima/checkpoint.ts'
import '@tensorflow/tfjs'
import { afterAll, expect, test } from 'vitest'
import { TrainFlags } from '../../../src/algorithms/train-flags.ts'
import { trainRun } from '../../../src/algorithms/train-run.ts'
import { parseFlags } from '../../../src/common/config.ts'
import { readTrainedModel } from '../../../src/evaluation/trained-model.ts'
import { loadCheckpoint, saveCheckpoint } from '../../../src/runs/checkpoint.ts'
import { quiet, TASK } from '../fixture.ts'
import { checkpointOf, linesOf } from '../results.ts'
import { syntheticConfig, trainSynthetic } from '../synthetic-run.ts'

const root = mkdtempSync(join(tmpdir(), 'dima-'))
const at = (name: string) => join(root, name)
afterAll(() => rmSync(root, { recursive: true, force: true }))

const recorded = resolve(import.meta.dirname, '../../data/minari-dict.hdf5')
const train = (...argv: string[]) =>
  trainRun(parseFlags(TrainFlags, ['--preset', 'debug', '--seed', '5', ...argv]), {
    reporter: quiet,
    signal: new AbortController().signal,
    command: '',
  })

const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'not_finite', message: expect.stringMatching(message) })

const expectNumbers = (run: string) =>
  expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8')).not.toContain('null')

test('of recorded episodes, also in threads and several updates a call', async () => {
  const flags = ['--dataset', recorded, '--set', 'denoiser.learningRate=1e30']
  const exploded = refusal(
    /^denoiser: loss of update 2 is NaN .* Stopped in epoch 1; there is no checkpoint yet$/,
  )
  await expect(train(...flags, '--cores', '1', '--out', at('one'))).rejects.toThrow(exploded)
  const several = [...flags, '--cores', '2', '--steps-per-call', '2', '--out', at('several')]
  await expect(train(...several)).rejects.toThrow(exploded)
  for (const name of ['one', 'several']) {
    expect(existsSync(join(at(name), 'checkpoint.msgpack'))).toBe(false)
    expectNumbers(at(name))
  }
})

/** The first two epochs of the synthetic run only collect. */
const warm = { warmupSteps: 45 }

test('in an environment: the last good checkpoint stays, and the same command ends the same', async () => {
  const config = syntheticConfig(warm)
  config.hyperparameters.reward.learningRate = 1e30
  const exploded = refusal(
    /^reward: loss of update 2 is .* Stopped in epoch 3; the checkpoint of epoch 2 is kept$/,
  )
  await expect(trainSynthetic(at('env'), config)).rejects.toThrow(exploded)
  const kept = readFileSync(join(at('env'), 'checkpoint.msgpack'))
  expect(checkpointOf(at('env')).epoch).toBe(2)
  await expect(trainSynthetic(at('env'), config)).rejects.toThrow(exploded)
  expect(readFileSync(join(at('env'), 'checkpoint.msgpack')).equals(kept)).toBe(true)
  expectNumbers(at('env'))
  expect(linesOf(at('env')).filter(({ network }) => network)).toEqual([])
})

test('a policy that explodes in the imagination', async () => {
  const config = syntheticConfig()
  config.hyperparameters.behaviour.learningRate = 1e30
  await expect(trainSynthetic(at('policy'), config)).rejects.toThrow(
    refusal(
      /^(actor|critic): loss of update 2 is .* try a lower behaviour.learningRate .* checkpoint of epoch 1 is kept$/,
    ),
  )
  expect(checkpointOf(at('policy')).epoch).toBe(1)
})

test('a policy that explodes in MAPPO', async () => {
  const flags = ['--algorithm', 'mappo', '--task', TASK, '--steps', '150', '--cores', '1']
  await expect(train(...flags, '--set', 'ppo.learningRate=1e30', '--out', at('mappo'))).rejects.toThrow(
    refusal(
      /^(actor|critic): loss of update 2 is .* try a lower ppo.learningRate .* there is no checkpoint yet$/,
    ),
  )
})

test('a run that an older version let diverge can not go on, nor be used', async () => {
  const config = syntheticConfig({}, 20)
  await trainSynthetic(at('old'), config)
  const file = join(at('old'), 'checkpoint.msgpack')
  const good = loadCheckpoint<Checkpoint>(file)!
  const [p] = good.learners.denoiser.p
  p![7] = Number.NaN
  saveCheckpoint(file, good)
  await expect(trainSynthetic(at('old'), config)).rejects.toThrow(
    refusal(/^the checkpoint has NaN in learners\.denoiser\.p\.0\.7: its training diverged; begin again/),
  )
  await expect(readTrainedModel(at('old'))).rejects.toThrow(
    refusal(/old: denoiser has NaN in [a-z0-9.]+ \(entry \d+\): the run diverged; train again/),
  )
  p![7] = 0
  good.statistics.variance[1] = Number.POSITIVE_INFINITY
  saveCheckpoint(file, good)
  await expect(readTrainedModel(at('old'))).rejects.toThrow(
    refusal(/old: statistics has Infinity in variance \(entry 1\)/),
  )
})
