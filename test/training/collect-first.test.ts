// With `trainingEpochs` a run collects all its steps first and then trains that many epochs on them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadCheckpoint } from '../../src/training/checkpoint.ts'
import type { Progress } from '../../src/training/progress.ts'
import { RunFolder } from '../../src/training/run-folder.ts'
import { Trainer } from '../../src/training/trainer.ts'
import { configOf, openTask, quiet } from './fixture.ts'

const config = configOf({ steps: 2000 })
Object.assign(config.hyperparameters, { warmupSteps: 0, trainingEpochs: 3 })
config.hyperparameters.denoiser.decay = 'cosine'
config.hyperparameters.denoiser.warmup = 0

const root = mkdtempSync(join(tmpdir(), 'dima-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function train(name: string, update: (progress: Progress) => void = () => {}, signal?: AbortSignal) {
  const reporter = { ...quiet, update }
  const source = await openTask(config)
  const trainer = await Trainer.create(config, new RunFolder(join(root, name)), source, reporter)
  await trainer.run(signal)
  await trainer.close()
  await source.close()
  return trainer.finished
}

const metricsOf = (name: string) => readFileSync(join(root, name, 'metrics.jsonl'), 'utf8')
const linesOf = (name: string) =>
  metricsOf(name)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('all episodes come first, then every epoch trains, and the learning rate falls to the end', async () => {
  const shares: number[] = []
  expect(await train('whole', ({ done }) => shares.push(done))).toBe(true)
  const lines = linesOf('whole')
  expect(lines.filter(({ episode_length }) => episode_length).map(({ epoch }) => epoch)).toEqual([1, 1])
  const denoiser = lines.filter(({ network }) => network === 'denoiser')
  expect(denoiser.map(({ epoch, update }) => [epoch, update])).toEqual([
    [1, 5],
    [2, 10],
    [3, 15],
  ])
  const rates: number[] = denoiser.map(({ learning_rate }) => learning_rate)
  expect(rates).toEqual([...rates].sort((a, b) => b - a))
  expect(rates[2]).toBeLessThan(0.02 * config.hyperparameters.denoiser.learningRate)
  expect(shares.at(-1)).toBeCloseTo(1, 6)
})

test('stopped in its second epoch it goes on and ends the same', async () => {
  const stop = new AbortController()
  const stopLate = ({ label }: Progress) => label === 'epoch 2 reward' && stop.abort()
  expect(await train('cut', stopLate, stop.signal)).toBe(false)
  expect(await train('cut')).toBe(true)
  const [cut, whole] = ['cut', 'whole'].map((name) => loadCheckpoint(join(root, name, 'checkpoint.msgpack'))!)
  expect({ ...cut, seconds: 0 }).toEqual({ ...whole, seconds: 0 })
  expect(metricsOf('cut')).toBe(metricsOf('whole'))
})
