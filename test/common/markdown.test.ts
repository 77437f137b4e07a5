import { expect, test } from 'vitest'
import { markdownTable } from '../../src/common/markdown.ts'

test('columns are as wide as their widest cell', () => {
  const table = markdownTable([
    ['plan', 'error'],
    ['joint', '1.5'],
    ['sequential', '4'],
  ])
  expect(table.split('\n')).toEqual([
    '| plan       | error |',
    '| ---------- | ----- |',
    '| joint      | 1.5   |',
    '| sequential | 4     |',
  ])
})
