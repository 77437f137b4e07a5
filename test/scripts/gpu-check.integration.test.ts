import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from '../runs/data.ts'

vi.setConfig({ testTimeout: 300_000 }) // each starts the whole program

/** No GPU is seen, whatever the machine has. */
const HIDDEN = { CUDA_VISIBLE_DEVICES: '', VK_ICD_FILENAMES: '/nowhere', VK_DRIVER_FILES: '/nowhere' }

const gpuCheck = (...flags: string[]) =>
  spawnSync(
    process.execPath,
    ['--import', './src/common/typescript.mjs', 'scripts/gpu-check/gpu-check.ts', '--repeats', '0', ...flags],
    {
      encoding: 'utf8',
      env: { ...process.env, ...HIDDEN },
    },
  )

test('a device that is not there is refused by name, and nothing is written', () => {
  const out = join(temporaryFolder(), 'check.json')
  const { status, stderr } = gpuCheck('--device', 'cuda', '--out', out)
  expect(status).toBe(1)
  expect(stderr).toMatch(/^no session on device cuda: .*docs\/devices\.md/m)
  expect(stderr).not.toMatch(/^ +at .*\.ts/m)
  expect(existsSync(out)).toBe(false)
})

test('the CPU agrees with itself, alone and in a Loop', () => {
  const out = join(temporaryFolder(), 'check.json')
  const { status, stderr } = gpuCheck('--device', 'cpu', '--only', 'decoder', '--out', out)
  expect(status, stderr).toBe(0)
  const { rows, command } = JSON.parse(readFileSync(out, 'utf8'))
  expect(command).toMatch(/^npm run gpu-check -- /)
  const differences = { within: 'yes', lossDifference: 0, parameterDifference: 0, loopDifference: 0 }
  expect(rows).toEqual([{ device: 'cpu', work: 'train decoder', ...differences }])
})
