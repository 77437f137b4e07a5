import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { notice } from '../../scripts/generate/notice.ts'

const read = (file: string) => readFileSync(resolve(import.meta.dirname, '../..', file), 'utf8')
const written = read('NOTICE')

test('NOTICE is what npm run notice writes', () => {
  expect(written).toBe(notice(JSON.parse(read('package-lock.json'))))
})

test('names every production dependency, those of other platforms too, and no other package', () => {
  const { dependencies } = JSON.parse(read('package.json'))
  const named = written.match(/^ {2}\S+/gm)!.map((line) => line.trim())
  expect(named).toEqual(expect.arrayContaining(Object.keys(dependencies)))
  expect(named).toEqual(expect.arrayContaining(['@img/sharp-libvips-darwin-arm64', '@esbuild/win32-x64']))
  for (const tool of ['typescript', 'vitest', '@biomejs/biome']) expect(named).not.toContain(tool)
})

test('says under what terms libvips is used', () => {
  expect(written).toMatch(/^LGPL-3\.0-or-later:\n( {2}@img\/sharp-libvips-\S+ \S+\n)+$/m)
  expect(written).toContain('links dynamically')
})

test('a package without a licence is not passed over', () => {
  const packages = { '': { version: '1' }, 'node_modules/odd': { version: '2' } }
  expect(() => notice({ packages })).toThrow('node_modules/odd has no licence')
})
