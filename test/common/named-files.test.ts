import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Type from 'typebox'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readJsonFile, writeNamedFile } from '../../src/common/named-files.ts'

const Schema = Type.Object({ seed: Type.Integer() })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'named-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('what was written is read', () => {
  const path = join(folder, 'start.json')
  writeNamedFile(path, '{"seed":3}\n', 'start')
  expect(readFileSync(path, 'utf8')).toBe('{"seed":3}\n')
  expect(readJsonFile(path, Schema, 'start')).toEqual({ seed: 3 })
  expect(readdirSync(folder)).toEqual(['start.json'])
})

test('a file that can not be read is named', () => {
  const path = join(folder, 'missing.json')
  for (const [wrong, reason] of [
    [path, 'ENOENT'],
    [folder, 'EISDIR'],
  ] as const)
    expect(() => readJsonFile(wrong, Schema, 'start')).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        message: `start: the file ${wrong} can't be read (${reason})`,
      }),
    )
})

test.each(['', '{"seed": 3', '{"seed": NaN}', '[1, 2'])('%j is not JSON', (text) => {
  const path = join(folder, 'start.json')
  writeFileSync(path, text)
  expect(() => readJsonFile(path, Schema, 'start')).toThrow(
    expect.objectContaining({
      code: 'invalid_json',
      message: expect.stringContaining(`${path} is not JSON: `),
    }),
  )
})

test('what does not fit the schema is named', () => {
  const path = join(folder, 'start.json')
  writeFileSync(path, '{"seed": "3"}')
  expect(() => readJsonFile(path, Schema, 'start')).toThrow('start.seed must be integer, but is "3"')
})

test('a file that can not be written is named, and nothing is left', () => {
  const path = join(folder, 'missing', 'out.json')
  expect(() => writeNamedFile(path, '{}', 'out')).toThrow(
    expect.objectContaining({
      code: 'invalid_config',
      message: `out: the file ${path} can't be written (ENOENT)`,
    }),
  )
  expect(readdirSync(folder)).toEqual([])
})
