// The unit, by systemd's own tools.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/server/config.ts'
import { deploy } from './rules.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const missing =
  spawnSync('systemd-analyze', ['--version']).status === 0 ? undefined : 'there is no systemd-analyze'
const unit = readFileSync(deploy('systemd/dima.service'), 'utf8')

/** On this machine Node and the program stand elsewhere. */
function adapted(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'dima-unit-')), 'dima.service')
  writeFileSync(file, unit.replace('/usr/bin/node', process.execPath).replace('/opt/dima', ROOT))
  return file
}

const analyze = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

test('leaves the server the time that it takes to stop', () => {
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit)!
  expect(Number(seconds)).toBeGreaterThanOrEqual(readConfig({}).DRAIN_SECONDS + 15) // CLOSING_MS of serve.ts
})

describe.skipIf(missing)(missing ? `the unit (skipped: ${missing})` : 'the unit', () => {
  test('is valid', () => {
    expect(analyze('verify', adapted())).toEqual({ status: 0, output: '' })
  })

  test('exposes little', () => {
    const { status, output } = analyze('security', '--offline=true', '--threshold=25', adapted())
    expect(status, output).toBe(0)
  })
})
