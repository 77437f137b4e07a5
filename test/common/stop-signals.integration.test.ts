import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'

/** A program that takes for ever to stop. */
const SLOW = `
  import { onStopSignal } from './src/common/stop-signals.ts'
  onStopSignal((signal) => console.log('stopping', signal))
  setInterval(() => {}, 1000)
  console.log('ready')`

async function start() {
  const child = spawn(
    process.execPath,
    ['--import', './src/common/typescript.mjs', '--input-type=module', '-e', SLOW],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const line = async () => (await lines.next()).value
  expect(await line()).toBe('ready')
  return { child, line, exited: once(child, 'exit') }
}

test('the first signal asks once, however often it comes; a later one ends the program', {
  timeout: 60_000,
}, async () => {
  const { child, line, exited } = await start()
  child.kill('SIGINT')
  child.kill('SIGINT')
  expect(await line()).toBe('stopping SIGINT')
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(child.exitCode).toBeNull()
  child.kill('SIGTERM')
  expect((await exited)[0]).toBe(143)
  expect(await line()).toBeUndefined()
})
