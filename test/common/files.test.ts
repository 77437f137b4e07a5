import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder, writeFileAtomic } from '../../src/common/files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('replaces the content and leaves nothing else behind', () => {
  const path = join(folder, 'state')
  writeFileAtomic(path, 'old and longer')
  writeFileAtomic(path, Uint8Array.of(1, 2, 3))
  expect([...readFileSync(path)]).toEqual([1, 2, 3])
  expect(readdirSync(folder)).toEqual(['state'])
})

test('writes a string as UTF-8', () => {
  writeFileAtomic(join(folder, 'text'), 'σ²\n')
  expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('σ²\n')
})

test.skipIf(process.platform !== 'linux')('leaves the old content when the disk is full', () => {
  const path = join(folder, 'state')
  writeFileSync(path, 'old')
  symlinkSync('/dev/full', `${path}.${process.pid}.tmp`)
  expect(() => writeFileAtomic(path, 'new')).toThrow(/ENOSPC/)
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(folder)).toEqual(['state'])
})

test('leaves no file aside when the target cannot be replaced', () => {
  expect(() => writeFileAtomic(join(folder, 'missing', 'state'), 'new')).toThrow(/ENOENT/)
  expect(() => writeFileAtomic(folder, 'new')).toThrow()
  expect(readdirSync(folder)).toEqual([])
  expect(
    readdirSync(join(folder, '..')).filter((name) => name.startsWith(`${folder.split('/').at(-1)}.`)),
  ).toEqual([])
})

test('makes a folder with those that it is in, and says where that is not possible', () => {
  const deep = join(folder, 'a', 'b', 'c')
  makeFolder(deep)
  makeFolder(deep)
  expect(existsSync(deep)).toBe(true)
  writeFileSync(join(folder, 'file'), '')
  expect(() => makeFolder(join(folder, 'file', 'x'))).toThrow(/ENOTDIR|EEXIST/)
})

test.skipIf(process.platform !== 'linux')('comes to an end where no folder can be made', () => {
  expect(() => makeFolder('/proc/none/deeper')).toThrow(/ENOENT/)
})
