import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hyperparametersPage } from '../../../scripts/generate/hyperparameters.ts'

test('docs/hyperparameters.md is what the code says: npm run hyperparameters', () => {
  expect(readFileSync('docs/hyperparameters.md', 'utf8')).toBe(hyperparametersPage())
})
