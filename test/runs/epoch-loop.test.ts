// The loop alone, around epochs that only count.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DimaError } from '../../src/common/errors.ts'
import { loadCheckpoint, saveCheckpoint } from '../../src/runs/checkpoint.ts'
import { EpochLoop } from '../../src/runs/epoch-loop.ts'
import { RunFolder } from '../../src/runs/run-folder.ts'
import type { OpenWriter } from '../../src/runs/write-checkpoint.ts'
import { Counting } from './counting.ts'
import { quiet, RESOURCES } from './fixture.ts'

let path: string
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'dima-'))
})
afterEach(() => rmSync(path, { recursive: true, force: true }))

const notes: string[] = []
const reporter = { ...quiet, note: (text: string) => void notes.push(text) }
const open = (epochs: Counting, writer?: OpenWriter) =>
  EpochLoop.open(epochs, {
    folder: new RunFolder(path),
    reporter,
    resources: RESOURCES,
    ...(writer ? { writer } : {}),
  })
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

/** A disk whose writes the test ends, or fails. */
function slowDisk() {
  const writes: { epoch: number; sum: number; end: () => void; fail: (error: Error) => void }[] = []
  const writer: OpenWriter = {
    write: (file, checkpoint) => {
      const { epoch, sum } = structuredClone(checkpoint) as { epoch: number; sum: number }
      return new Promise((resolve, reject) => {
        const end = () => {
          saveCheckpoint(file, checkpoint)
          resolve()
        }
        writes.push({ epoch, sum, end, fail: reject })
      })
    },
    close: async () => {},
  }
  return { writer, writes }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('while a checkpoint is written', () => {
  test('the next epoch goes on, and its checkpoint waits', async () => {
    const { writer, writes } = slowDisk()
    const epochs = new Counting()
    const running = (await open(epochs, writer)).run()
    await settled()
    expect([epochs.sum, writes.length]).toEqual([3, 1])
    for (let i = 0; i < 4; i++) {
      expect(writes[i]).toMatchObject({ epoch: i + 1, sum: [1, 3, 6, 10][i] })
      writes[i]!.end()
      await settled()
    }
    await running
    const times = readFileSync(join(path, 'metrics.jsonl'), 'utf8').trim().split('\n')
    for (const line of times.slice(1))
      expect(Object.keys(JSON.parse(line))).toEqual(
        expect.arrayContaining(['seconds_save', 'seconds_save_wait', 'checkpoint_seconds']),
      )
  })

  test.each([
    ['the end', () => {}, undefined],
    ['a stop', (epoch: number, stop: () => void) => epoch === 2 && stop(), undefined],
    [
      'an error',
      (epoch: number) => {
        if (epoch === 2) throw new DimaError('not_finite', 'the sum is NaN')
      },
      'the checkpoint of epoch 1 is kept',
    ],
  ])('%s waits for it', async (_, act, says) => {
    const { writer, writes } = slowDisk()
    const stop = new AbortController()
    const loop = await open(new Counting((epoch) => void act(epoch, () => stop.abort())), writer)
    let over = false
    const running = loop
      .run(stop.signal)
      .catch((error: Error) => error.message)
      .finally(() => {
        over = true
      })
    for (let i = 0; !over && i < 4; i++) {
      await settled()
      expect(over).toBe(false)
      writes[i]!.end()
      await settled()
    }
    if (says) expect(await running).toContain(says)
    expect(loadCheckpoint<{ epoch: number }>(join(path, 'checkpoint.msgpack'))!.epoch).toBe(writes.length)
  })

  test('its failure stops the run in the epoch at hand, and what was whole is kept', async () => {
    const { writer, writes } = slowDisk()
    const reached: number[] = []
    const epochs = new Counting((epoch) => {
      reached.push(epoch)
      if (epoch === 3) writes[1]!.fail(new Error('the disk is full'))
    })
    const running = (await open(epochs, writer)).run()
    running.catch(() => {})
    await settled()
    writes[0]!.end()
    await expect(running).rejects.toThrow('the disk is full')
    expect(reached).toEqual([0, 1, 2, 3])
    expect((await open(new Counting())).finished).toBe(false)
    expect(notes.at(-1)).toBe('resumed after epoch 1, 10 environment steps')
    expect(logged()).toEqual([1])
  })
})

test('what a process that was killed left of a checkpoint is taken away', async () => {
  writeFileSync(join(path, 'checkpoint.msgpack.12345.tmp'), 'half')
  writeFileSync(join(path, 'config.json.12345.tmp'), 'of others')
  await open(new Counting())
  expect(readdirSync(path)).toEqual(['config.json.12345.tmp'])
})
