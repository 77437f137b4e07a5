// The flag --device of commands: a device that is missing is named before anything else is done.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { deviceFlag, requireDevice } from '../../src/engine/device-flag.ts'
import { NO_DEVICES } from '../server/device/swiftshader.ts'

test('the CPU is always there, and is what commands use unless told otherwise', async () => {
  await requireDevice('cpu')
  expect(deviceFlag.device).toMatchObject({ default: 'cpu' })
})

test.each([
  ['evaluate', '--run', '/nowhere'],
  ['export', '--run', '/nowhere'],
])('%s fails with one line of its own', (command, ...flags) => {
  const args = [
    '--import',
    './src/common/typescript.mjs',
    `src/commands/${command}.ts`,
    ...flags,
    '--device',
    'webgpu',
  ]
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...NO_DEVICES },
  })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^no session on device webgpu: .*docs\/devices\.md/m)
  expect(stderr).not.toContain('/nowhere')
  expect(stderr).not.toMatch(/^ +at .*\.ts/m)
})
