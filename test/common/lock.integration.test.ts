import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { takeLock } from '../../src/common/lock.ts'

const lockPath = () => join(mkdtempSync(join(tmpdir(), 'dima-lock-')), 'lock.json')
const take = (path: string) => takeLock(path, 'the folder', 'choose another')
const holderOf = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

test('the second is refused with process, machine and advice, and may once the first has released it', () => {
  const path = lockPath()
  const first = take(path)
  expect(() => take(path)).toThrow(
    new RegExp(`^the folder is in use by process ${process.pid} on ${hostname()}, since .*: choose another$`),
  )
  first.release()
  expect(existsSync(path)).toBe(false)
  take(path).release()
})

test('a lock whose process is gone is taken over, also one that was killed before it wrote its name', () => {
  const path = lockPath()
  const lock = take(path)
  const holder = holderOf(path)
  writeFileSync(path, JSON.stringify({ ...holder, token: 'other', born: '1' })) // a process before us with our pid
  const next = take(path)
  expect(holderOf(path).token).not.toBe('other')
  lock.release() // is not the holder any more, and takes nothing away
  expect(existsSync(path)).toBe(true)
  next.release()
  writeFileSync(path, '')
  expect(() => take(path)).toThrow('another process')
  age(path)
  take(path).release()
})

test('a lock of another machine counts until it was not renewed for a minute', () => {
  const path = lockPath()
  take(path).release()
  const far = { token: 'far', host: 'far', pid: 1, since: '2026-01-01', place: 'far', born: '1' }
  writeFileSync(path, JSON.stringify(far))
  expect(() => take(path)).toThrow('process 1 on far, since 2026-01-01')
  age(path)
  take(path).release()
})

test('it is renewed, made again when somebody deletes it, and known to be lost', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const path = lockPath()
  const lock = take(path)
  const own = readFileSync(path)
  writeFileSync(path, '{"token":"thief","pid":7,"host":"there","since":"then"}')
  const thief = readFileSync(path)
  writeFileSync(path, own)
  age(path)
  vi.advanceTimersByTime(10_000)
  expect(() => take(path)).toThrow('in use')
  writeFileSync(path, thief)
  expect(lock.lost.aborted).toBe(false)
  vi.advanceTimersByTime(10_000)
  expect(lock.lost.reason).toMatchObject({
    message: 'the folder is in use by process 7 on there, since then: choose another',
  })
  lock.release()
  expect(existsSync(path)).toBe(true)
})

/** As if it had been written more than a minute ago. */
const age = (path: string) => utimesSync(path, 0, Date.now() / 1000 - 61)

test('of many that find a stale lock at once, one gets it', { timeout: 60_000 }, async () => {
  const path = lockPath()
  take(path)
  writeFileSync(path, JSON.stringify({ ...holderOf(path), born: '1', token: 'gone' }))
  const children = Array.from({ length: 4 }, () =>
    fork('test/common/lock-process.ts', [path], { execArgv: ['--import', './src/common/typescript.mjs'] }),
  )
  onTestFinished(() => children.forEach((child) => void child.kill('SIGKILL')))
  await Promise.all(children.map((child) => once(child, 'message'))) // ready
  const answers = children.map((child) => once(child, 'message'))
  for (const child of children) child.send('take')
  const taken = (await Promise.all(answers)).map(([answer]) => answer)
  expect(taken.filter((answer) => answer === 'taken')).toHaveLength(1)
  expect(children.map(({ pid }) => pid)).toContain(holderOf(path).pid)
  // It is killed, and the lock with it.
  const winner = children[taken.indexOf('taken')]!
  winner.kill('SIGKILL')
  await once(winner, 'exit')
  take(path).release()
})
