// A run that was cut off and goes on equals one that never was, bit for bit.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCheckpoint, saveCheckpoint } from '../../src/training/checkpoint.ts'
import type { Progress, Reporter } from '../../src/training/progress.ts'
import { RunFolder } from '../../src/training/run-folder.ts'
import { Trainer } from '../../src/training/trainer.ts'
import { configOf, openTask, quiet } from './fixture.ts'

// Three epochs of one episode each: the first only collects, in the third the oldest episode leaves the replay.
const config = configOf({ steps: 3000 })
Object.assign(config.hyperparameters, { warmupSteps: 1500, capacity: 2500 })
config.hyperparameters.denoiser.decay = 'cosine'

let root: string
let whole: ReturnType<typeof resultOf>

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'dima-'))
  await train('whole', () => {})
  whole = resultOf('whole')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The number of copies is no part of the result. */
async function train(name: string, update: (progress: Progress) => void, signal?: AbortSignal, envs = 1) {
  const notes: string[] = []
  const reporter: Reporter = { ...quiet, update, note: (text) => void notes.push(text) }
  const source = await openTask(config, envs)
  const trainer = await Trainer.create(config, new RunFolder(join(root, name)), source, reporter)
  try {
    await trainer.run(signal)
    return { finished: trainer.finished, notes }
  } finally {
    await trainer.close()
    await source.close()
  }
}

const fileOf = (name: string, file: string) => join(root, name, file)

/** Everything a run leaves; of the checkpoint's bytes the seconds may differ. */
function resultOf(name: string) {
  const timeless = fileOf(name, 'timeless')
  saveCheckpoint(timeless, { ...loadCheckpoint(fileOf(name, 'checkpoint.msgpack'))!, seconds: 0.5 })
  return {
    checkpoint: readFileSync(timeless).toString('base64'),
    metrics: readFileSync(fileOf(name, 'metrics.jsonl'), 'utf8'),
    episodes: [0, 1, 2].map((i) => readFileSync(fileOf(name, `episodes/${i}.msgpack`)).toString('base64')),
  }
}

/** Runs until an update with this label is reported, then does something. */
const when = (label: string, act: () => void) => (progress: Progress) => {
  if (progress.label === label) act()
}

const crash = () => {
  throw new Error('killed')
}

test('the run trains all networks after its warm-up, on the newest episodes only', () => {
  const lines = whole.metrics
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.filter(({ network }) => network).map(({ epoch, network }) => `${epoch} ${network}`)).toEqual(
    [2, 3].flatMap((epoch) => ['decoder', 'denoiser', 'reward'].map((network) => `${epoch} ${network}`)),
  )
  expect(lines.filter(({ episode_length }) => episode_length).map(({ steps }) => steps)).toEqual([
    1000, 2000, 3000,
  ])
  const { visits, environmentSteps, episodes } = loadCheckpoint(fileOf('whole', 'checkpoint.msgpack'))!
  expect([visits.decoder.length, visits.reward.length, environmentSteps, episodes]).toEqual([
    2000, 2000, 3000, 3,
  ])
})

test('killed in its last epoch, with half a line written, it goes on as if not', async () => {
  await expect(train('killed', when('epoch 3 reward', crash))).rejects.toThrow('killed')
  appendFileSync(fileOf('killed', 'metrics.jsonl'), '{"epoch":3,"netw')
  const { finished, notes } = await train('killed', () => {}, undefined, 3)
  expect(finished).toBe(true)
  expect(notes).toEqual(['resumed after epoch 2, 2000 environment steps'])
  expect(resultOf('killed')).toEqual(whole)
})

test('stopped by a signal in the middle of an epoch it loses that epoch only', async () => {
  const stop = new AbortController()
  const labels: string[] = []
  const stopped = await train(
    'stopped',
    (progress) => {
      labels.push(progress.label)
      when('epoch 3 denoiser', () => stop.abort())(progress)
    },
    stop.signal,
  )
  expect(stopped.finished).toBe(false)
  expect(labels.filter((label) => label === 'epoch 3 denoiser').length).toBe(1)
  expect(labels).not.toContain('epoch 3 reward')
  expect(loadCheckpoint(fileOf('stopped', 'checkpoint.msgpack'))!.epoch).toBe(2)
  expect((await train('stopped', () => {})).finished).toBe(true)
  expect(resultOf('stopped')).toEqual(whole)
})

test('a finished run does nothing more', async () => {
  const before = readFileSync(fileOf('whole', 'checkpoint.msgpack'))
  expect((await train('whole', crash)).finished).toBe(true)
  expect(readFileSync(fileOf('whole', 'checkpoint.msgpack')).equals(before)).toBe(true)
  expect(readFileSync(fileOf('whole', 'metrics.jsonl'), 'utf8')).toBe(whole.metrics)
})
