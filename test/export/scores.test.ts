import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readScores } from '../../src/export/scores.ts'

function runWith(scores?: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'dima-scores-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  if (scores) writeFileSync(join(folder, 'evaluation.json'), JSON.stringify(scores))
  return folder
}

test('gives the scores of the weights that are published', () => {
  expect(readScores(runWith({ seed: 4, weights: 'float16' }), 'float16')).toMatchObject({ seed: 4 })
  expect(readScores(runWith({ seed: 4 }), 'float32')).toEqual({ seed: 4 }) // from before weights were rounded
})

test('refuses scores of other weights, and says how to get them', () => {
  expect(() => readScores(runWith({ weights: 'float32' }), 'float16')).toThrow(
    /evaluated with float32 weights: npm run evaluate .*--weights float16/,
  )
  expect(() => readScores(runWith({}), 'float16')).toThrow('evaluated with float32 weights')
})

test('refuses a run that is not evaluated', () => {
  expect(() => readScores(runWith(), 'float16')).toThrow('is not evaluated: npm run evaluate')
})
