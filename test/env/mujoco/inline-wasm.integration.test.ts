import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { inliningFlags } from '../../../src/env/mujoco/inline-wasm.ts'

test('the flags exist in the V8 that runs this, which refuses to start with one it does not know', () => {
  const start = (...flags: string[]) =>
    execFileSync(process.execPath, [...flags, '--print', '1'], { stdio: 'pipe' })
  expect(start(...inliningFlags()).toString()).toBe('1\n')
  expect(() => start('--no-such-flag')).toThrow()
})

test('V8 is told only where it does not inline by itself', () => {
  expect(inliningFlags('11.3.244.8-node.33')).toContain('--wasm-inlining')
  expect(inliningFlags('12.4.254.21-node.33')).toContain('--experimental-wasm-inlining')
  expect(inliningFlags('13.6.233.10-node.28')).toEqual([])
})
