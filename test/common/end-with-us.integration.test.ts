// The guard of child processes, where no shell lives long.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { endWithUs } from '../../src/common/end-with-us.ts'

const guards: ChildProcess[] = []
vi.mock('node:child_process', async (original) => {
  const real = await original<typeof import('node:child_process')>()
  return {
    ...real,
    spawn: (command: string, args: string[], options: object) => {
      if (command !== '/bin/sh') return real.spawn(command, args, options)
      guards.push(real.spawn('/bin/sh', ['-c', 'exit 1'], options))
      return guards.at(-1)
    },
  }
})

function child(): ChildProcess {
  const started = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  onTestFinished(async () => {
    started.kill('SIGKILL')
    await once(started, 'exit')
  })
  return started
}

/** Until none has been started for a while; a loop without end is seen long before. */
async function settled(): Promise<number> {
  for (let before = -1; before !== guards.length && guards.length < 50; ) {
    before = guards.length
    await Promise.all(guards.filter(({ exitCode }) => exitCode === null).map((guard) => once(guard, 'exit')))
    await after(50)
  }
  return guards.length
}

test.skipIf(process.platform === 'win32')(
  'a guard that ends at once is started a few times, and once more for another child',
  async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0) // however slow the machine is, it is at once
    onTestFinished(() => void clock.mockRestore())
    endWithUs(child())
    const first = await settled()
    expect(first).toBe(5)
    endWithUs(child())
    expect(await settled()).toBe(first + 1)
  },
  60_000,
)
