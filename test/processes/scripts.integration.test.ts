// Signals reach the program that an npm script starts, and nothing else is left running.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }

test.each(Object.entries(scripts))('%s: the shell makes room for the program', (_, script) => {
  // A shell that waits for its program keeps signals to itself.
  expect(script.split('&&').at(-1)!.trim()).toMatch(/^exec /)
})

/** In a process group of its own, whose leader is npm. */
function npm(args: string[], env: Record<string, string> = {}) {
  const child = spawn('npm', ['run', ...args], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {} // gone, as it should be
  })
  let output = ''
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      const look = (chunk: Buffer) => {
        output += chunk
        if (output.includes(text)) resolve()
      }
      child.stdout!.on('data', look)
      child.stderr!.on('data', look)
    })
  return { child, pid: child.pid!, said, ended: endOf(child), output: () => output }
}

/** Exit code, once nobody holds the outputs any more: the program, its shell and npm have gone. */
const endOf = async (child: ChildProcess): Promise<number | null> => (await once(child, 'close'))[0]

const folder = () => mkdtempSync(join(tmpdir(), 'dima-processes-'))

test('SIGTERM to npm alone ends the server, with exit code 0', { timeout: 60_000 }, async () => {
  const { pid, said, ended } = npm(['start'], { PORT: '0', MODELS: folder(), EXECUTORS: '1' })
  await said('Server listening')
  process.kill(pid, 'SIGTERM')
  expect(await ended).toBe(0)
})

test('a pipe where a certificate should be stops the start, with its setting', {
  timeout: 60_000,
}, async () => {
  const pipe = join(folder(), 'pipe')
  execFileSync('mkfifo', [pipe])
  const { said, ended, output } = npm(['start'], { PORT: '0', TLS_CERT: pipe, TLS_KEY: pipe })
  await said('TLS_CERT')
  expect([await ended, output()]).toEqual([1, expect.stringContaining('TLS_CERT')])
})

test('Ctrl-C stops a training with 130, so that `train && export` ends there', {
  timeout: 60_000,
}, async () => {
  const out = join(folder(), 'run')
  const args = ['train', '--', '--preset', 'debug', '--steps', '1000000', '--out', out]
  // Modules are compiled when they are loaded, by a process that the signal ends.
  const { pid, said, ended, output } = npm(args, { TSX_DISABLE_CACHE: '1' })
  await said(`run ${out}`)
  process.kill(-pid, 'SIGINT') // to all of the group, as a terminal does; npm passes it on besides
  expect(await ended).toBe(130)
  expect(output()).toContain('the same command goes on')
})
