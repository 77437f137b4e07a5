// What npm run report refuses.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reportCommand } from '../../src/report/command.ts'
import { emptyFolder, writeRun } from './run-folders.ts'

test('a damaged line is one line on the terminal, with file and number', () => {
  const path = writeRun(emptyFolder())
  writeFileSync(join(path, 'metrics.jsonl'), '{"epoch":1}\nxyz\n')
  const report = () => reportCommand([path], { out: join(path, 'report'), title: '' }, () => {})
  expect(report).toThrow(/^\S*metrics\.jsonl, line 2 is damaged: .*$/)
  expect(readdirSync(path)).not.toContain('report')
})
