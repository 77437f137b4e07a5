import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Block } from '../../../src/algorithms/off-policy/block.ts'
import { BlockFiles } from '../../../src/algorithms/off-policy/block-files.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'dima-')), 'replay')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

const block: Block = {
  steps: 1,
  copies: 2,
  fresh: true,
  inputs: Float32Array.of(1, 2, 3, 4, 5),
  observations: Float32Array.of(1, 2, 3, 4, 5),
  actions: Float32Array.of(0.5, -0.5),
  rewards: Float32Array.of(1, 2),
  ends: Int32Array.of(1),
  terminated: Uint8Array.of(1),
}

test('what is saved is loaded', () => {
  const files = new BlockFiles(folder)
  files.save(7, block)
  expect(files.load(7)).toEqual(block)
})

test('a missing or damaged file is named, with what to do', () => {
  const files = new BlockFiles(folder)
  files.save(7, block)
  expect(() => files.load(8)).toThrow(/8\.msgpack is missing: put a copy in its place/)
  const path = join(folder, '7.msgpack')
  const bytes = readFileSync(path)
  bytes[bytes.length - 1]! ^= 1
  writeFileSync(path, bytes)
  expect(() => files.load(7)).toThrow(
    expect.objectContaining({
      code: 'invalid_config',
      message: expect.stringContaining('7.msgpack is damaged'),
    }),
  )
})

test('what no checkpoint can ask for is deleted', () => {
  const files = new BlockFiles(folder)
  for (let epoch = 1; epoch <= 9; epoch++) files.save(epoch, block)
  files.forget(9, 4)
  expect(readdirSync(folder).sort()).toEqual(
    ['3', '4', '5', '6', '7', '8', '9'].map((name) => `${name}.msgpack`),
  )
})
