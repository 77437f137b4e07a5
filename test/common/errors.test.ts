// The one table of errors: documented whole, and no code without a test that provokes it.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ERRORS } from '../../src/common/error-table.ts'
import { errorsDocument } from '../../src/common/errors-document.ts'

const root = resolve(import.meta.dirname, '../..')

test('docs/errors.md is the table (npm run openapi writes it)', () => {
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(errorsDocument())
})

test('every code is expected by a test', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  const text = files
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('errors.test.ts'))
    .map((file) => readFileSync(join(root, 'test', file), 'utf8'))
    .join('\n')
  expect(Object.keys(ERRORS).filter((code) => !text.includes(`'${code}'`))).toEqual([])
})

test('every title and hint is a sentence for people, without a place on a disk', () => {
  for (const { title, hint } of Object.values(ERRORS)) {
    expect(title).toMatch(/^[A-Z].*[^.]$/)
    expect(hint).toMatch(/^[A-Z].*\.$/)
    expect(title + hint).not.toMatch(/\/(home|tmp|usr)\//)
  }
})
