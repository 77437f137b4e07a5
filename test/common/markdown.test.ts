import { expect, test } from 'vitest'
import { markdownTable, unalignedTable } from '../../src/common/markdown.ts'

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

test('control characters of a cell are told, not sent to the terminal', () => {
  expect(markdownTable([['created'], ['\u001b[31mred\nnext']]).split('\n')[2]).toBe(
    '| \\u001b[31mred\\u000anext |',
  )
})

test('an unaligned table has no blanks that another row would change', () => {
  expect(
    unalignedTable([
      ['plan', 'error'],
      ['sequential', '4'],
    ]),
  ).toBe('| plan | error |\n| --- | --- |\n| sequential | 4 |')
})
