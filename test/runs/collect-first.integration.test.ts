// With `trainingEpochs` a run collects all its steps first and then trains that many epochs on them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openTrainer } from '../../src/algorithms/dima/trainer.ts'
import type { Progress } from '../../src/runs/progress.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { configOf, openTask, quiet, RESOURCES } from './fixture.ts'
import { checkpointOf, linesOf, resultOf } from './results.ts'

const config = configOf({ steps: 2000 })
Object.assign(config.hyperparameters, { warmupSteps: 0, trainingEpochs: 3 })
config.hyperparameters.denoiser.decay = 'cosine'
config.hyperparameters.denoiser.warmup = 0

const root = mkdtempSync(join(tmpdir(), 'dima-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function train(name: string, update: (progress: Progress) => void = () => {}, signal?: AbortSignal) {
  const reporter = { ...quiet, update }
  const source = await openTask(config)
  const trainer = await openTrainer(config, {
    folder: new RunFolder(join(root, name)),
    source,
    reporter,
    resources: RESOURCES,
  })
  await trainer.run(signal)
  await trainer.close()
  await source.close()
  return trainer.finished
}

test('all episodes come first, then every epoch trains, and the learning rate falls to the end', async () => {
  const shares: number[] = []
  expect(await train('whole', ({ done }) => shares.push(done))).toBe(true)
  const lines = linesOf(join(root, 'whole'))
  expect(lines.filter(({ episode_length }) => episode_length).map(({ epoch }) => epoch)).toEqual([1, 1])
  const denoiser = lines.filter(({ network }) => network === 'denoiser')
  expect(denoiser.map(({ epoch, update }) => [epoch, update])).toEqual([
    [1, 5],
    [2, 10],
    [3, 15],
  ])
  const rates = denoiser.map(({ learning_rate }) => Number(learning_rate))
  expect(rates).toEqual([...rates].sort((a, b) => b - a))
  expect(rates[2]).toBeLessThan(0.02 * config.hyperparameters.denoiser.learningRate)
  expect(shares.at(-1)).toBeCloseTo(1, 6)
})

test('stopped in its second epoch it goes on and ends the same', async () => {
  const stop = new AbortController()
  const stopLate = ({ label }: Progress) => label.startsWith('epoch 2') && stop.abort()
  expect(await train('cut', stopLate, stop.signal)).toBe(false)
  expect(checkpointOf(join(root, 'cut')).epoch).toBe(1)
  expect(await train('cut')).toBe(true)
  expect(resultOf(join(root, 'cut'))).toEqual(resultOf(join(root, 'whole')))
})
