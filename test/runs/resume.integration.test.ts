// A run that was cut off and goes on equals one that never was, bit for bit.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTrainer } from '../../src/algorithms/dima/trainer.ts'
import type { Progress, Reporter } from '../../src/runs/progress.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { configOf, openTask, quiet, RESOURCES } from './fixture.ts'
import { checkpointOf, linesOf, resultOf } from './results.ts'

// Three epochs of one episode each: the first only collects, in the third the oldest episode leaves the replay.
const config = configOf({ steps: 3000 })
Object.assign(config.hyperparameters, { warmupSteps: 1500, capacity: 2500 })
config.hyperparameters.denoiser.decay = 'cosine'

let root: string
let whole: ReturnType<typeof resultOf>
const at = (name: string) => join(root, name)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'dima-'))
  await train('whole', () => {})
  whole = resultOf(at('whole'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The number of copies is no part of the result. */
async function train(name: string, update: (progress: Progress) => void, signal?: AbortSignal, envs = 1) {
  const notes: string[] = []
  const reporter: Reporter = { ...quiet, update, note: (text) => void notes.push(text) }
  const source = await openTask(config, envs)
  const trainer = await openTrainer(config, {
    folder: new RunFolder(at(name)),
    source,
    reporter,
    resources: RESOURCES,
  })
  try {
    await trainer.run(signal)
    return { finished: trainer.finished, notes }
  } finally {
    await trainer.close()
    await source.close()
  }
}

const LAST = 'epoch 3 trains the model'

/** Does something when so many of the last epoch's 15 updates are made. */
function afterUpdates(count: number, act: () => void) {
  let made = 0
  return ({ label }: Progress) => {
    if (label === LAST && ++made === count) act()
  }
}

const crash = () => {
  throw new Error('killed')
}

test('the run trains all networks after its warm-up, on the newest episodes only', () => {
  const lines = linesOf(at('whole'))
  expect(lines.filter(({ network }) => network).map(({ epoch, network }) => `${epoch} ${network}`)).toEqual(
    [2, 3].flatMap((epoch) => ['decoder', 'denoiser', 'reward'].map((network) => `${epoch} ${network}`)),
  )
  expect(lines.filter(({ episode_length }) => episode_length).map(({ steps }) => steps)).toEqual([
    1000, 2000, 3000,
  ])
  const { visits, environmentSteps, episodes } = checkpointOf(at('whole'))
  expect([visits.decoder.length, visits.reward.length, environmentSteps, episodes]).toEqual([
    2000, 2000, 3000, 3,
  ])
})

test('killed in its last epoch, with half a line written, it goes on as if not', async () => {
  await expect(train('killed', afterUpdates(14, crash))).rejects.toThrow('killed')
  appendFileSync(join(at('killed'), 'metrics.jsonl'), '{"epoch":3,"netw')
  const { finished, notes } = await train('killed', () => {}, undefined, 3)
  expect(finished).toBe(true)
  expect(notes).toEqual(['resumed after epoch 2, 2000 environment steps'])
  expect(resultOf(at('killed'))).toEqual(whole)
})

test('stopped by a signal in the middle of an epoch it loses that epoch only', async () => {
  const stop = new AbortController()
  const labels: string[] = []
  const stopAfterFour = afterUpdates(4, () => stop.abort())
  const stopped = await train(
    'stopped',
    (progress) => {
      labels.push(progress.label)
      stopAfterFour(progress)
    },
    stop.signal,
  )
  expect(stopped.finished).toBe(false)
  // those that had begun when the signal came: at most one of each of the two other networks
  expect(labels.filter((label) => label === LAST).length).toBeLessThanOrEqual(6)
  expect(checkpointOf(at('stopped')).epoch).toBe(2)
  expect((await train('stopped', () => {})).finished).toBe(true)
  expect(resultOf(at('stopped'))).toEqual(whole)
})

test('a finished run does nothing more', async () => {
  const textOf = (file: string) => readFileSync(join(at('whole'), file)).toString('base64')
  const filesOf = () => ['checkpoint.msgpack', 'metrics.jsonl'].map(textOf)
  const before = filesOf()
  expect((await train('whole', crash)).finished).toBe(true)
  expect(filesOf()).toEqual(before)
})
