import { expect, test } from 'vitest'
import { RunFolder } from '../../src/runs/run-folder.ts'
import { lockWhenFree } from '../../src/runs/wait-for-lock.ts'
import { temporaryFolder } from './data.ts'

const waiting = (folder: RunFolder, signal = new AbortController().signal) => {
  const notes: string[] = []
  return { notes, lock: lockWhenFree(folder, { note: (text) => void notes.push(text) }, signal) }
}

test('a folder that nobody has is locked at once', async () => {
  const { notes, lock } = waiting(new RunFolder(temporaryFolder()))
  ;(await lock)!.release()
  expect(notes).toEqual([])
})

test('the second says once whom it waits for, and has the folder after the first', async () => {
  const folder = new RunFolder(temporaryFolder())
  const first = folder.lock()
  const { notes, lock } = waiting(folder)
  first.release()
  ;(await lock)!.release()
  expect(notes).toEqual([
    expect.stringContaining(`waiting: the run folder ${folder.path} is in use by process`),
  ])
})

test('who is told to stop waits no longer, and has nothing', async () => {
  const folder = new RunFolder(temporaryFolder())
  const first = folder.lock()
  const stop = new AbortController()
  const { lock } = waiting(folder, stop.signal)
  stop.abort()
  expect(await lock).toBeUndefined()
  first.release()
})

test('what is wrong otherwise is no reason to wait', async () => {
  await expect(waiting(new RunFolder('/proc/none/of/it')).lock).rejects.toThrow('ENOENT')
})
