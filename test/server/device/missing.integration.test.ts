// Devices that are not there: named ones stop the server with a line, and `auto` goes on with the CPU and says why.
import { spawn } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { modelsFolder } from '../../registry/fixture.ts'
import { NO_DEVICES } from './swiftshader.ts'

/** `npm start`, until it ends or listens. */
async function start(settings: Record<string, string>) {
  const env = {
    ...process.env,
    ...NO_DEVICES,
    MODELS: await modelsFolder(),
    PORT: '0',
    EXECUTORS: '1',
    ...settings,
  }
  const child = spawn(
    process.execPath,
    ['--import', './src/common/typescript.mjs', 'src/commands/start.ts'],
    { env },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  let [out, err] = ['', '']
  child.stderr.on('data', (text) => {
    err += text
  })
  const code = await new Promise<number | null>((resolve) => {
    child.stdout.on('data', (text) => {
      out += text
      if (out.includes('listening')) resolve(null)
    })
    child.once('exit', resolve)
  })
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { code, err, lines }
}

test.each(['cuda', 'webgpu'])('DEVICE=%s is one line and exit code 1', async (device) => {
  const { code, err, lines } = await start({ DEVICE: device })
  expect(code).toBe(1)
  expect(err.trim().split('\n')).toEqual([
    expect.stringMatching(new RegExp(`^no session on device ${device}: Failed to .*docs/devices\\.md`)),
  ])
  expect(lines.every(({ msg }) => msg === 'the search for a device wrote')).toBe(true)
})

test('DEVICE=auto takes the CPU, and the log says why not the others', async () => {
  const { code, lines } = await start({ DEVICE: 'auto' })
  expect(code).toBe(null)
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: 'DEVICE=auto takes cpu',
      device: 'cpu',
      passed: { cuda: expect.stringMatching(/^no session/), webgpu: expect.stringMatching(/^no session/) },
    }),
  )
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'executors ready', device: 'cpu' }))
})
