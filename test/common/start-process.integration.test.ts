// What startProcess promises besides starting.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess } from '../../src/common/start-process.ts'

/** A process that has ended and that nobody has asked about yet is a Z. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = process.platform === 'linux' ? readFileSync(`/proc/${pid}/stat`, 'latin1') : ''
    return !/\) Z /.test(stat)
  } catch {
    return false
  }
}

test.skipIf(process.platform === 'win32')(
  'children end when their parent is killed, also in a computation and while they are stopped',
  async () => {
    const parent = startProcess('./parent-process', import.meta.url, () => {})
    const [pids] = (await once(parent, 'message')) as [[number, number]]
    onTestFinished(() => {
      for (const pid of pids) if (runs(pid)) process.kill(pid, 'SIGKILL')
    })
    process.kill(pids[1], 'SIGSTOP')
    expect(pids.map(runs)).toEqual([true, true])
    parent.kill('SIGKILL')
    while (pids.some(runs)) await after(20)
  },
  60_000,
)

test('what a child writes comes line by line, and not without end', async () => {
  const lines: string[] = []
  const child = startProcess('./loud-process', import.meta.url, (line) => lines.push(line))
  await once(child, 'close')
  expect(lines).toHaveLength(200) // a hundred of each stream
  expect(lines).toContain('out 0')
  expect(lines).toContain('err 99')
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(2000)
}, 60_000)
