// The measures for a card, in a form that is short on a CPU: the command is ready, whatever its figures here.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from '../runs/data.ts'
import { NO_DEVICES } from '../server/device/swiftshader.ts'

vi.setConfig({ testTimeout: 300_000 }) // it starts servers and trains

const TRAINING = [
  '2 updates of each network',
  'training before its first epoch',
  ...['decoder', 'denoiser', 'reward'].map((network) => `calls of the ${network}`),
]

const benchDevice = (...flags: string[]) =>
  spawnSync(
    process.execPath,
    ['--import', './src/common/typescript.mjs', 'scripts/gpu-check/measure/measure.ts', ...flags],
    {
      encoding: 'utf8',
      env: { ...process.env, ...NO_DEVICES },
    },
  )

test('measures imagination, a server and training, and writes them', () => {
  const out = join(temporaryFolder(), 'device.json')
  const { status, stderr } = benchDevice(
    ...['--presets', 'debug', '--rows', '1,70', '--seconds', '0.2', '--executors', '1', '--sessions', '16'],
    ...['--trains', 'debug', '--updates', '2', '--steps-per-call', '2', '--cores', '3,1', '--out', out],
  )
  expect(status, stderr).toBe(0)
  const { rows, policy, command, device } = JSON.parse(readFileSync(out, 'utf8'))
  expect({ device, chunkRows: policy.chunkRows }).toEqual({ device: 'cpu', chunkRows: 64 })
  expect(command).toMatch(/^npm run bench:device -- /)
  expect(rows.map((row: { measure: string; rows: number }) => [row.measure, row.rows])).toEqual([
    ['imagination', 1],
    ['imagination', 70],
    ['alike', 64],
    ['imagination, 1024 rows embedded in a call', 70],
    ['live steps', 1],
    ['live steps in vectors', 16],
    ...[3, 1].flatMap(() => TRAINING.map((measure) => [measure, undefined])),
  ])
  for (const row of rows) {
    const { stepsPerSecond, seconds, within, msPerCall } = row
    expect(stepsPerSecond ?? seconds ?? within ?? msPerCall, row.measure).toSatisfy(Boolean)
    if ('seconds' in row || 'calls' in row)
      for (const [field, value] of Object.entries(row))
        if (!['measure', 'preset', 'device'].includes(field)) expect(value, field).toBeGreaterThanOrEqual(0)
    if ('calls' in row) expect(row.calls).toBe(1)
  }
  const trained = rows.filter((row: object) => 'secondsOf200' in row)
  expect(trained.map(({ cores }: { cores: number }) => cores)).toEqual([3, 1])
  const [threads, one] = trained
  expect(threads.idleSeconds).toBeGreaterThan(0)
  expect(one.idleSeconds).toBeLessThan(one.seconds) // it computes itself
})

test('a device that is missing is one line', () => {
  const { status, stderr } = benchDevice('--device', 'webgpu')
  expect(status).toBe(1)
  expect(stderr).toMatch(/^no session on device webgpu: .*docs\/devices\.md/m)
})
