// What a person sees of a command that cannot do its work.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { errorText } from '../../src/common/command.ts'
import { DimaError } from '../../src/common/errors.ts'
import { writeFileAtomic } from '../../src/common/files.ts'

const folder = mkdtempSync(join(tmpdir(), 'dima-command-'))

function failure(work: () => void): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('it worked')
}

test('an error of the system is one line with the setting, the path and the reason', () => {
  writeFileSync(join(folder, 'file'), '')
  const out = join(folder, 'file', 'run')
  const error = failure(() => mkdirSync(out))
  expect(errorText(error, { '--task': 'x', '--out': out })).toBe(
    `--out: ${out}: a part of the path is not a folder (ENOTDIR)`,
  )
})

test('a file in the folder that a setting names is the setting too; the longest path counts', () => {
  const missing = join(folder, 'models', 'x', 'manifest.json')
  const error = failure(() => writeFileAtomic(missing, ''))
  const text = errorText(error, { MODELS: join(folder, 'models'), KEYS: folder })
  expect(text).toBe(`MODELS: ${missing}: there is no such file or folder (ENOENT)`)
})

test('where a command chose the folder itself, --out is what chooses another', () => {
  const error = Object.assign(new Error('no'), { code: 'ENOSPC', syscall: 'write', path: 'runs/x/a' })
  expect(errorText(error, { '--out': '' })).toBe('--out: runs/x/a: the disk is full (ENOSPC)')
})

test('a mistake of ours keeps its stack, errors of ours are their message, addresses lose their password', () => {
  expect(errorText(new TypeError('oops'))).toMatch(/oops\n +at /)
  const error = new DimaError('bridge_lost', 'ws://me:secret@host is lost')
  expect(errorText(error)).toBe('ws://***@host is lost')
})

const command = (...args: string[]) => ['--import', './src/common/typescript.mjs', ...args]

test('a command says so in one line and fails', { timeout: 60_000 }, async () => {
  const out = join(folder, 'file', 'deeper')
  const args = command('src/commands/bridge.ts', '--host', '192.0.2.1', '--token-env', 'HOME')
  const { stderr, code } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, HOME: out },
  })
    .then(() => ({ stderr: '', code: 0 }))
    .catch((error) => error)
  expect([code, stderr]).toEqual([1, '--host=192.0.2.1 is no address of this machine (EADDRNOTAVAIL)\n'])
})

test('output that nobody reads ends a command without a word', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, command('src/commands/train.ts', '--help'))
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (chunk) => (stderr += chunk))
  expect([(await once(child, 'close'))[0], stderr]).toEqual([141, ''])
})
