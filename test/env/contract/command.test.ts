// What npm run check-env says of environments behind a bridge, and what it refuses.
import { expect, test } from 'vitest'
import { parseFlags } from '../../../src/common/config.ts'
import { CheckFlags, checkCommand } from '../../../src/env/contract/command.ts'
import { serve, servedAs, serveToys, toySpec, toys } from '../bridge/served.ts'

/** What it says, and how it fails. */
async function run(...argv: string[]): Promise<{ said: string; failure: unknown }> {
  const said: string[] = []
  const command = async () => checkCommand(parseFlags(CheckFlags, argv), (line) => said.push(`${line}\n`))
  const failure = await command().then(
    () => undefined,
    (error: unknown) => error,
  )
  return { said: said.join(''), failure }
}

test('checks an environment behind a bridge, and says what could not be checked', async () => {
  const { said } = await run('--url', await serveToys('next_step'), '--copies', '0', '--steps', '1')
  expect(said).toContain('Toy-v0, one copy')
  expect(said).toMatch(/^ {2}partly {3}episodes: .*\n *\(no episode ended within 1 steps/m)
  expect(said).toMatch(/kept, as far as it was checked \(1 not in full\)\.\n$/)
})

test('says which rule a broken environment breaks, and fails', async () => {
  const deaf = async () => {
    const env = servedAs(toys('next_step', 1), toySpec)
    const reset = env.reset.bind(env)
    return Object.assign(env, { reset: () => reset() })
  }
  const { said, failure } = await run('--url', await serve({ envs: ['Toy-v0'], make: deaf }))
  expect(said).toMatch(/\n {2}BROKEN {3}seeds: the same one gives the same trajectory.*\n$/)
  expect(failure).toMatchObject({
    name: 'DimaError',
    message: expect.stringMatching(
      /^reset\(\{ seed: 7 \}\): the same seed gave another trajectory: answer 0, the state/,
    ),
  })
})

test.each([
  [['--task', 'HalfCheetah-2x9'], /^.*HalfCheetah has no split 2x9.*$/],
  [[], /^.*give either --task or --url.*$/],
  [['--url', 'ws://127.0.0.1:1', '--token-env', 'NO_SUCH_TOKEN'], /^.*NO_SUCH_TOKEN has no token.*$/],
  [['--url', 'ws://127.0.0.1:1'], /^.*ws:\/\/127\.0\.0\.1:1.*$/],
])('refuses %j in one line', async (argv, message) => {
  const { failure } = await run(...argv)
  expect(failure).toMatchObject({ name: 'DimaError', message: expect.stringMatching(message) })
})
