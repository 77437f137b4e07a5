// npm run check-env, as a process of its own.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

interface Ended {
  stdout: string
  stderr: string
  code?: number
}

const run = (...flags: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, [
    '--import',
    './src/common/typescript.mjs',
    'src/commands/check-env.ts',
    ...flags,
  ]).catch((error: Ended) => error)

test('checks a task, one copy and several, and lists what it checked', async () => {
  const { stdout, code } = await run('--task', 'HalfCheetah-2x3', '--steps', '1001', '--copies', '2')
  expect(code).toBeUndefined()
  expect(stdout).toMatch(/^HalfCheetah-2x3-v1, one copy\n {2}ok {7}spaces: /)
  expect(stdout).toContain('HalfCheetah-2x3-v1, 2 copies together\n')
  expect(stdout.match(/^ {2}ok /gm)).toHaveLength(17)
  expect(stdout).toMatch(/\nThe contract is kept\.\n$/)
})

test('refuses in one line and fails', async () => {
  const { stderr, code } = await run('--task', 'HalfCheetah-2x9')
  expect(stderr).toMatch(/^.*HalfCheetah has no split 2x9.*\n$/)
  expect(code).toBe(1)
})
