import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noCheckpoint } from '../../src/runs/no-checkpoint.ts'

const folder = mkdtempSync(join(tmpdir(), 'dima-runs-'))
const run = join(folder, 'ant-2x4-seed1')
mkdirSync(run)

test('a folder that is not there: the one that is meant, and how one is made', () => {
  const mistyped = join(folder, 'ant-2x4-sed1')
  expect(noCheckpoint(mistyped).message).toBe(
    `there is no run folder ${mistyped} (did you mean ${run}?); one is made by: npm run train -- --out ${mistyped}`,
  )
  expect(noCheckpoint(join(folder, 'no', 'where')).message).not.toContain('did you mean')
})

test('an empty one: the command that trains in it, the one that began it where there is one', () => {
  expect(noCheckpoint(run).message).toBe(
    `${run} has no checkpoint yet: train first (npm run train -- --out ${run})`,
  )
  writeFileSync(join(run, 'config.json'), JSON.stringify({ command: 'npm run train -- --task Ant-2x4' }))
  expect(noCheckpoint(run).message).toContain('train first (npm run train -- --task Ant-2x4)')
})
