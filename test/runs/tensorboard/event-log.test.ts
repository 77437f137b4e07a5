// The event file beside metrics.jsonl: as many events as lines, however the run was cut off.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RunFolder } from '../../../src/runs/run-folder.ts'
import { recordEnds } from '../../../src/runs/tensorboard/records.ts'

let path: string
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'dima-'))
})
afterEach(() => rmSync(path, { recursive: true, force: true }))

const filesIn = () => readdirSync(path).filter((name) => name.includes('tfevents'))
const fileIn = () => {
  const files = filesIn()
  expect(files).toHaveLength(1)
  return join(path, files[0]!)
}
/** The events that are of lines. */
const eventsIn = (file = readFileSync(fileIn())) => {
  const ends = recordEnds(file)
  expect(ends.at(-1)).toBe(file.length)
  return ends.slice(1).map((end, i) => file.subarray(ends[i]!, end).toString('base64'))
}
const line = (epoch: number) => ({ epoch, network: 'denoiser', update: 10 * epoch, loss: 1 / epoch })

function written(...epochs: number[]): RunFolder {
  const folder = new RunFolder(path)
  for (const epoch of epochs) folder.logMetrics(line(epoch))
  return folder
}

test('every line is an event as soon as it is written', () => {
  const folder = written(1)
  expect(eventsIn()).toHaveLength(1)
  folder.logMetrics(line(2))
  expect(eventsIn()).toHaveLength(2)
})

test('rewinding drops the events of later epochs, in a file of another name', () => {
  written(1, 2, 2, 3)
  const [before, old] = [eventsIn(), fileIn()]
  const again = new RunFolder(path)
  again.rewindMetrics(2)
  expect(fileIn() > old).toBe(true)
  expect(eventsIn()).toEqual(before.slice(0, 3))
  again.logMetrics(line(3))
  expect(eventsIn()).toHaveLength(4)
  again.rewindMetrics(0)
  expect(eventsIn()).toEqual([])
})

test('where nothing was lost the file stays as it is', () => {
  written(1, 2)
  const [file, bytes] = [fileIn(), readFileSync(fileIn())]
  const again = new RunFolder(path)
  again.rewindMetrics(2)
  expect([fileIn(), readFileSync(fileIn())]).toEqual([file, bytes])
  again.logMetrics(line(3))
  expect([fileIn(), eventsIn().length]).toEqual([file, 3])
})

test.each([
  ['an event that a kill cut off', () => truncateSync(fileIn(), readFileSync(fileIn()).length - 3), 2],
  ['bytes after the last event', () => appendFileSync(fileIn(), 'half'), 3],
  ['a file that never was, in a run from before there were any', () => rmSync(fileIn()), 0],
  ['an empty file', () => truncateSync(fileIn()), 0],
])('%s is made good', (_, damage, untouched) => {
  written(1, 2, 3)
  const before = eventsIn()
  damage()
  new RunFolder(path).rewindMetrics(3)
  expect(eventsIn()).toHaveLength(3)
  expect(eventsIn().slice(0, untouched)).toEqual(before.slice(0, untouched))
})

test('of two files, as a kill between making one and deleting the other leaves them, the newer counts', () => {
  written(1, 2)
  const kept = eventsIn()
  appendFileSync(join(path, 'events.out.tfevents.1.dima'), 'older')
  appendFileSync(join(path, 'events.out.tfevents.9.somebody'), 'of others')
  new RunFolder(path).rewindMetrics(2)
  expect(filesIn().filter((name) => name.endsWith('.dima'))).toHaveLength(1)
  expect(filesIn()).toContain('events.out.tfevents.9.somebody')
  rmSync(join(path, 'events.out.tfevents.9.somebody'))
  expect(eventsIn()).toEqual(kept)
})

test('a folder without metrics gets no file', () => {
  new RunFolder(path).rewindMetrics(2)
  new RunFolder(join(path, 'mistyped')).rewindMetrics(2)
  expect(readdirSync(path)).toEqual([])
})
