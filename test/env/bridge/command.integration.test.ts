// npm run bridge, as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { Rng } from '../../../src/common/rng.ts'
import { BridgeVectorEnv } from '../../../src/env/bridge/bridge-vector-env.ts'
import { allTaskNames } from '../../../src/env/make-env.ts'
import { makeVectorEnv } from '../../../src/env/vector/make-vector-env.ts'
import { randomActions } from '../vector/random-actions.ts'

const start = (flags: string[], env: Record<string, string> = {}): ChildProcess =>
  spawn(
    process.execPath,
    ['--import', './src/common/typescript.mjs', 'src/commands/bridge.ts', '--port', '0', ...flags],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )

/** The first line it writes, and how it ended once it was told to stop. */
async function run(flags: string[], env?: Record<string, string>) {
  const child = start(flags, env)
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout!), 'line')
  const stop = async () => {
    child.kill('SIGTERM')
    return (await exited)[0]
  }
  return { line: String(line), url: String(line).split(' ')[0]!, stop }
}

test('serves one task, from threads, to whoever has the token', async () => {
  const server = await run(
    [
      '--task',
      'HalfCheetah-2x3',
      '--workers',
      '2',
      '--autoreset',
      'same_step',
      '--token-env',
      'BRIDGE_TOKEN',
    ],
    { BRIDGE_TOKEN: 'secret' },
  )
  expect(server.line).toMatch(/^ws:\/\/127\.0\.0\.1:\d+ serves HalfCheetah-2x3-v1$/)
  await expect(BridgeVectorEnv.connect(server.url, { numEnvs: 1 })).rejects.toThrow(/401/)
  const options = { numEnvs: 3, token: 'secret' }
  await expect(BridgeVectorEnv.connect(server.url, { ...options, env: 'Ant-2x4-v1' })).rejects.toThrow(
    /this server has HalfCheetah-2x3-v1 alone \(unknown_env\)/,
  )
  await expect(
    BridgeVectorEnv.connect(server.url, { ...options, options: { physics: 'mujoco210' } }),
  ).rejects.toThrow(/invalid_request/)
  const bridged = await BridgeVectorEnv.connect(server.url, options)
  const local = await makeVectorEnv('HalfCheetah-2x3', { numEnvs: 3 })
  expect(bridged.autoreset).toBe('same_step')
  expect(await bridged.reset({ seed: 3 })).toMatchObject(await local.reset({ seed: 3 }))
  const rng = new Rng('command')
  for (let i = 0; i < 10; i++) {
    const actions = randomActions(local, rng)
    expect(await bridged.step(actions)).toMatchObject(await local.step(actions))
  }
  await local.close()
  expect(await server.stop()).toBe(0)
  await expect(bridged.reset()).rejects.toMatchObject({ code: 'bridge_lost' })
  await bridged.close()
})

test('offers every task, and makes others that have no name of their own', async () => {
  const server = await run([])
  expect(server.line).toContain(`serves ${allTaskNames.join(', ')}`)
  const env = await BridgeVectorEnv.connect(server.url, {
    env: 'HalfCheetah-2+4?physics=mujoco210',
    numEnvs: 2,
  })
  expect(env).toMatchObject({ autoreset: 'next_step', deterministic: true })
  expect(env.spec.agents.map(({ actuators }) => actuators.length)).toEqual([2, 4])
  await env.close()
  await expect(BridgeVectorEnv.connect(server.url, { env: 'Nobody-2x3', numEnvs: 1 })).rejects.toThrow(
    /unknown_env/,
  )
  expect(await server.stop()).toBe(0)
})

test('refuses what it cannot serve in one line', async () => {
  const child = start(['--host', '0.0.0.0'])
  let text = ''
  child.stderr!.on('data', (part) => {
    text += part
  })
  expect((await once(child, 'close'))[0]).toBe(1)
  expect(text).toMatch(/^.*needs a token.*\n$/)
})
