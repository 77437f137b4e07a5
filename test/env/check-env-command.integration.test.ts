import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { serve, servedAs, serveToys, toySpec, toys } from './bridge/served.ts'

interface Ended {
  stdout: string
  stderr: string
  code?: number
}

const run = (...flags: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/commands/check-env.ts', ...flags]).catch(
    (error: Ended) => error,
  )

test('checks a task, one copy and several, and lists what it checked', async () => {
  const { stdout, code } = await run('--task', 'HalfCheetah-2x3', '--steps', '1001', '--copies', '2')
  expect(code).toBeUndefined()
  expect(stdout).toMatch(/^HalfCheetah-2x3-v1, one copy\n {2}ok {7}spaces: /)
  expect(stdout).toContain('HalfCheetah-2x3-v1, 2 copies together\n')
  expect(stdout.match(/^ {2}ok /gm)).toHaveLength(17)
  expect(stdout).toMatch(/\nThe contract is kept\.\n$/)
})

test('checks an environment behind a bridge, and says what could not be checked', async () => {
  const { stdout } = await run('--url', await serveToys('next_step'), '--copies', '0', '--steps', '1')
  expect(stdout).toContain('Toy-v0, one copy')
  expect(stdout).toMatch(/^ {2}partly {3}episodes: .*\n *\(no episode ended within 1 steps/m)
  expect(stdout).toMatch(/kept, as far as it was checked \(1 not in full\)\.\n$/)
})

test('says which rule a broken environment breaks, and fails', async () => {
  const deaf = async () => {
    const env = servedAs(toys('next_step', 1), toySpec)
    const reset = env.reset.bind(env)
    return Object.assign(env, { reset: () => reset() })
  }
  const { stdout, stderr, code } = await run('--url', await serve({ envs: ['Toy-v0'], make: deaf }))
  expect(stdout).toMatch(/\n {2}BROKEN {3}seeds: the same one gives the same trajectory.*\n$/)
  expect(stderr).toMatch(
    /^reset\(\{ seed: 7 \}\): the same seed gave another trajectory: answer 0, the state/,
  )
  expect(code).toBe(1)
})

test.each([
  [['--task', 'HalfCheetah-2x9'], /HalfCheetah has no split 2x9/],
  [[], /give either --task or --url/],
  [['--url', 'ws://127.0.0.1:1', '--token-env', 'NO_SUCH_TOKEN'], /NO_SUCH_TOKEN has no token/],
  [['--url', 'ws://127.0.0.1:1'], /ws:\/\/127\.0\.0\.1:1/],
])('refuses %j in one line', async (flags, message) => {
  const { stderr, code } = await run(...flags)
  expect(stderr).toMatch(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(1)
})
