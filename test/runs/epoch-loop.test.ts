// The loop alone, around epochs that only count.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DimaError } from '../../src/common/errors.ts'
import { EpochLoop, type Epochs, type EpochsDone } from '../../src/runs/epoch-loop.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { RunProgress } from '../../src/runs/run-progress.ts'
import { quiet } from './fixture.ts'

type Counted = EpochsDone & { sum: number }

/** Adds each epoch's number to a sum, until the fourth. */
class Counting implements Epochs<Counted> {
  readonly progress = new RunProgress(quiet)
  sum = 0
  closed = 0
  private epoch = 0
  private readonly act: (epoch: number) => void

  constructor(act: (epoch: number) => void = () => {}) {
    this.act = act
  }

  get steps(): number {
    return 10 * this.epoch
  }

  get finished(): boolean {
    return this.epoch >= 4
  }

  async begin(checkpoint: Counted | undefined): Promise<void> {
    this.act(0)
    this.epoch = checkpoint?.epoch ?? 0
    this.sum = checkpoint?.sum ?? 0
  }

  async run(epoch: number): Promise<void> {
    this.epoch = epoch
    this.sum += epoch
    this.act(epoch)
  }

  async state() {
    return { sum: this.sum }
  }

  async close(): Promise<void> {
    this.closed++
  }
}

let path: string
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'dima-'))
})
afterEach(() => rmSync(path, { recursive: true, force: true }))

const notes: string[] = []
const reporter = { ...quiet, note: (text: string) => void notes.push(text) }
const open = (epochs: Counting) => EpochLoop.open(epochs, { folder: new RunFolder(path), reporter })
const logged = () =>
  readFileSync(join(path, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).epoch)

test('runs to the end, with a line of times after each epoch', async () => {
  const epochs = new Counting()
  const loop = await open(epochs)
  expect(loop.finished).toBe(false)
  await loop.run()
  expect([loop.finished, epochs.sum, logged()]).toEqual([true, 10, [1, 2, 3, 4]])
})

test('an epoch that is stopped is lost, and the next loop does it again', async () => {
  const stop = new AbortController()
  const loop = await open(new Counting((epoch) => epoch === 3 && stop.abort()))
  await loop.run(stop.signal)
  expect([loop.finished, logged()]).toEqual([false, [1, 2]])
  const epochs = new Counting()
  const again = await open(epochs)
  expect([epochs.sum, notes.at(-1)]).toEqual([3, 'resumed after epoch 2, 20 environment steps'])
  await again.run()
  expect([again.finished, epochs.sum, logged()]).toEqual([true, 10, [1, 2, 3, 4]])
})

test('of numbers that are not finite the error says what is kept', async () => {
  const explode = (epoch: number) => {
    if (epoch === 2) throw new DimaError('not_finite', 'the sum is NaN')
  }
  const loop = await open(new Counting(explode))
  await expect(loop.run()).rejects.toThrow(
    'the sum is NaN. Stopped in epoch 2; the checkpoint of epoch 1 is kept',
  )
})

test('epochs that can not begin are closed', async () => {
  const epochs = new Counting(() => {
    throw new Error('no')
  })
  await expect(open(epochs)).rejects.toThrow('no')
  expect(epochs.closed).toBe(1)
})
