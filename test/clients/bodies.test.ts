import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bodiesText, FILE } from '../../scripts/generate/bodies.ts'

test('bodies.json of the Python client is what npm run bodies writes', async () => {
  expect(readFileSync(FILE, 'utf8')).toBe(await bodiesText())
})
