import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = join(import.meta.dirname, 'whole-process.ts')

test.each(['close', 'forget'])(
  'a process lives as long as a call runs, and ends after it: %s',
  async (how) => {
    const run = promisify(execFile)(
      process.execPath,
      ['--import', './src/common/typescript.mjs', program, how],
      { timeout: 50_000 },
    )
    const { stdout, stderr } = await run
    const rewards = stdout.trim().split('\n')
    expect(rewards).toHaveLength(2)
    expect(new Set(rewards).size).toBe(1)
    expect(stderr).toBe('')
  },
)
